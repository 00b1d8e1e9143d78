"""How long `make check` takes."""

import subprocess
import time

from tests.bench.bars import Bar


def measure() -> Bar:
    before = time.monotonic()
    subprocess.run(["make", "--no-print-directory", "check"], check=True, stdout=subprocess.DEVNULL)
    return Bar(name="check-time", value=time.monotonic() - before, unit="s", bar=60)
