"""Finds the components that lie in the components folder: one that is put there is seen at once."""

import functools
import logging
from pathlib import Path

from django.conf import settings

from components.contract.manifest import MANIFEST_FILE, ManifestInvalid, load_manifest
from factory.domain.catalogue.entry import CatalogueEntry

SHELVES = ("gateways", "transforms", "sinks")
MAX_COMPONENTS = 10_000
IMAGE_PREFIX = "media-pipeline-factory"

_log = logging.getLogger(__name__)


def folder_entries() -> dict[str, CatalogueEntry]:
    """Every component of the folder by reference, shelf by shelf; a manifest is read again only when it changed.

    One whose manifest is broken is left out, and the log says why.
    """
    return _entries(folder_stamps())


def folder_stamps() -> tuple[tuple[Path, int, int], ...]:
    """What tells whether anything in the folder changed: each manifest with its time and size."""
    root = Path(settings.FACTORY_COMPONENTS)
    files = [file for shelf in SHELVES for file in sorted((root / shelf).glob(f"*/{MANIFEST_FILE}"))]
    stamps = []
    for file in files[:MAX_COMPONENTS]:
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        stamps.append((file, status.st_mtime_ns, status.st_size))
    return tuple(stamps)


@functools.lru_cache(maxsize=4)
def _entries(stamps: tuple[tuple[Path, int, int], ...]) -> dict[str, CatalogueEntry]:
    read = (_read(*stamp) for stamp in stamps)
    return {entry.manifest.ref: entry for entry in read if entry is not None}


@functools.lru_cache(maxsize=MAX_COMPONENTS)
def _read(file: Path, modified_ns: int, size: int) -> CatalogueEntry | None:
    """The arguments beside the file are there for the cache: when they change, it is read again."""
    try:
        manifest = load_manifest(file.parent)
    except ManifestInvalid as error:
        _log.warning("left out of the catalogue: %s", error)
        return None
    return CatalogueEntry(manifest, file.parent, f"{IMAGE_PREFIX}/{manifest.name}:{manifest.version}")
