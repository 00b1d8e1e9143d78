"""The pictures and the READMEs of components, from their folders or from their rows."""

from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.catalogue.models import ComponentRelease

MAX_ICON_BYTES = 256 * 1024
MAX_README_BYTES = 256 * 1024
README_FILE = "README.md"


def read_icon(*, entry: CatalogueEntry) -> bytes | None:
    """The component's picture, SVG; None where there is none, or one that is too large."""
    if entry.release_id is not None:
        stored = ComponentRelease.objects.filter(pk=entry.release_id).values_list("icon", flat=True).first()
        return stored.encode() if stored else None
    return _read(entry, entry.manifest.icon, MAX_ICON_BYTES)


def read_readme(*, entry: CatalogueEntry) -> str:
    """What its README says, Markdown; empty where there is none, or one that is too large."""
    if entry.release_id is not None:
        stored = ComponentRelease.objects.filter(pk=entry.release_id).values_list("readme", flat=True).first()
        return stored or ""
    return (_read(entry, README_FILE, MAX_README_BYTES) or b"").decode("utf-8", "replace")


def _read(entry: CatalogueEntry, name: str, most: int) -> bytes | None:
    if entry.folder is None:
        return None
    try:
        with (entry.folder / name).open("rb") as file:
            content = file.read(most + 1)
    except OSError:
        return None
    return content if len(content) <= most else None
