"""Component folders as people pack them, for installing."""

import io
import tarfile
import zipfile
from pathlib import Path

from tests.drivers.saved_images import ICON, MANIFEST, README

RECIPE = 'ARG SDK\nFROM ${SDK}\nCOPY . /app/components/transforms/mirror\nENTRYPOINT ["python"]\n'
FILES = {
    "component.yaml": MANIFEST,
    "README.md": README,
    "icon.svg": ICON,
    "component.py": "",
    "Dockerfile": RECIPE,
}


def pack_zip(path: Path, files: dict[str, str] | None = None, *, top: str = "mirror/") -> Path:
    """A zip of these files below one folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (FILES if files is None else files).items():
            archive.writestr(f"{top}{name}", text)
    return path


def pack_tar(path: Path, files: dict[str, str] | None = None, *, top: str = "mirror/") -> Path:
    """A compressed tar of these files below one folder."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (FILES if files is None else files).items():
            info = tarfile.TarInfo(f"{top}{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path
