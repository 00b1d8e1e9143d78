"""What an image says of its component: three labels, so that it can be read without running or unpacking it."""

from collections.abc import Mapping
from pathlib import Path

MANIFEST_LABEL = "factory.component.manifest"
"""`component.yaml` as it is."""
README_LABEL = "factory.component.readme"
"""`README.md` as it is."""
ICON_LABEL = "factory.component.icon"
"""The picture, SVG."""
MOST_CHARACTERS = 128 * 1024
"""Of one label: what one argument of a command may hold."""


def labels_of(folder: Path, *, icon: str) -> Mapping[str, str]:
    """The labels for the image of a component's folder; what the folder lacks is left out."""
    files = {MANIFEST_LABEL: "component.yaml", README_LABEL: "README.md", ICON_LABEL: icon}
    texts = {label: folder / file for label, file in files.items() if (folder / file).is_file()}
    return {label: file.read_text(encoding="utf-8")[:MOST_CHARACTERS] for label, file in texts.items()}
