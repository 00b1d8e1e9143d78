"""What goes into an image: files by their path in it, their fingerprint, and the archive that the engine reads."""

import dataclasses
import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

LEFT_OUT = frozenset({"__pycache__", "tests", "test", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"})
CACHES = frozenset({"__pycache__"})
LEFT_OUT_ENDINGS = frozenset({".pyc", ".pyi", ".pxd", ".h"})


@dataclasses.dataclass(frozen=True)
class Contents:
    """Files for one image.

    Attributes:
        files: path in the archive to the file on this machine.
        recipe: text of the Dockerfile.
        arguments: the recipe's build arguments.
    """

    files: Mapping[str, Path]
    recipe: str
    arguments: Mapping[str, str]

    def fingerprint(self) -> str:
        """Twelve hex digits that change with anything the image is made of."""
        digest = hashlib.sha256(self.recipe.encode())
        for name, value in sorted(self.arguments.items()):
            digest.update(f"\0{name}={value}".encode())
        for name, path in sorted(self.files.items()):
            digest.update(f"\0{name}\0{is_executable(path)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:12]

    def write(self, target: BinaryIO) -> None:
        """The archive for the engine, the recipe in it as `Dockerfile`; owners, modes and times are always the same."""
        with tarfile.open(fileobj=target, mode="w") as archive:
            recipe = self.recipe.encode()
            archive.addfile(entry("Dockerfile", len(recipe)), io.BytesIO(recipe))
            archive.addfile(entry(".dockerignore", 11), io.BytesIO(b"Dockerfile\n"))
            for name, path in sorted(self.files.items()):
                with path.open("rb") as file:
                    archive.addfile(entry(name, path.stat().st_size, executable=is_executable(path)), file)


def is_executable(path: Path) -> bool:
    """Whether its owner may run it."""
    return bool(path.stat().st_mode & 0o100)


def entry(name: str, size: int, *, executable: bool = False) -> tarfile.TarInfo:
    """An archive entry that says nothing of who made it, where and when."""
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o755 if executable else 0o644
    return info


def collect(root: Path, folders: Iterable[Path], *, left_out: frozenset[str] = LEFT_OUT) -> dict[str, Path]:
    """Every file below the folders, or the file itself, by its path from the root; tests and caches are left out.

    Args:
        root: of the paths.
        folders: or files.
        left_out: names of folders.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        for path in [folder] if folder.is_file() else sorted(folder.rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and not left_out.intersection(inside.parts) and path.suffix not in LEFT_OUT_ENDINGS:
                files[inside.as_posix()] = path
    return files
