"""`python -m tests.bench [--only NAME]`: measures, prints a table, writes `out/bench.json`; 1 where a bar is missed."""

import argparse
import importlib
import pkgutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import tests.bench
from tests.bench.bars import Bar, as_table, write

RESULTS = Path("out/bench.json")


def measurements() -> dict[str, Callable[[], Bar]]:
    """`measure` of every `bar_<name>.py` here, by name with dashes."""
    found = {}
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name.startswith("bar_"):
            name = module.name.removeprefix("bar_").replace("_", "-")
            found[name] = importlib.import_module(f"tests.bench.{module.name}").measure
    return found


def main() -> int:
    known = measurements()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(known), help="measure one bar")
    only = parser.parse_args().only
    bars = []
    for name in [only] if only else sorted(known):
        started = time.monotonic()
        print(f"measuring {name} ...", flush=True)
        bars.append(known[name]())
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
    write(bars, RESULTS)
    print(as_table(bars))
    return 0 if all(bar.holds for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
