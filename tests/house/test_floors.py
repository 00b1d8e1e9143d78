import subprocess
import sys
from pathlib import Path


def test_imports_go_one_way_down_the_floors(root: Path) -> None:
    linter = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run([linter, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
