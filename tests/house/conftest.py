"""The repository as its tests see it."""

import ast
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


@pytest.fixture(scope="session")
def trees(root: Path, python_files: list[Path]) -> dict[Path, ast.Module]:
    """Each of them as Python reads it."""
    return {path: ast.parse((root / path).read_text()) for path in python_files}
