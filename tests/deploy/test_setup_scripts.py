import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "deploy" / "setup"


@pytest.mark.parametrize("script", sorted(SETUP.glob("*.sh")), ids=lambda script: str(script.name))
def test_every_script_parses(script: Path) -> None:
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.engine
def test_no_second_engine_is_started_where_one_answers() -> None:
    def count_engines() -> int:
        names = (path.read_text().strip() for path in Path("/proc").glob("[0-9]*/comm") if path.exists())
        return sum(name == "dockerd" for name in names)

    before = count_engines()
    done = subprocess.run(
        [sys.executable, SETUP / "start_engine.py", "--strict"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "engine: answers\n")
    assert count_engines() == before
