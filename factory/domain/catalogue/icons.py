"""The pictures of components, as they lie in their folders."""

from factory.domain.catalogue.components import CatalogueEntry

MAX_ICON_BYTES = 256 * 1024


def read_icon(*, entry: CatalogueEntry) -> bytes | None:
    """The component's picture, SVG; None where there is none, or one that is too large."""
    try:
        with (entry.folder / entry.manifest.icon).open("rb") as file:
            picture = file.read(MAX_ICON_BYTES + 1)
    except OSError:
        return None
    return picture if len(picture) <= MAX_ICON_BYTES else None
