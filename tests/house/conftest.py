"""The repository as its tests see it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """Where the repository lies."""
    return ROOT


@pytest.fixture(scope="session")
def files(root: Path) -> list[Path]:
    """Every file that is or would be committed, by its path from the root."""
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    found = [Path(name) for name in listed.split("\0") if name and (root / name).is_file()]
    assert len(found) > 50
    return found


@pytest.fixture(scope="session")
def python_files(files: list[Path]) -> list[Path]:
    """Those in Python, but for what Django generates."""
    return [path for path in files if path.suffix == ".py" and "migrations" not in path.parts]
