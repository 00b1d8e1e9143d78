"""Finds the components that lie in the components folder, and answers by reference."""

import dataclasses
import functools
import logging
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from components.contract.manifest import MANIFEST_FILE, Manifest, ManifestInvalid, load_manifest
from components.contract.nearest import advise_reference
from components.contract.parameters import shown
from factory.foundation.errors import UserError

SHELVES = ("gateways", "transforms", "sinks")
MAX_COMPONENTS = 10_000
IMAGE_PREFIX = "media-pipeline-factory"

_log = logging.getLogger(__name__)


class UnknownComponent(UserError):
    """No component of this name and version lies in the folder."""

    id: ClassVar[str] = "catalogue:user:unknown-component"


@dataclasses.dataclass(frozen=True)
class CatalogueEntry:
    """One version of a component, and where it is.

    Attributes:
        folder: with `component.yaml` and the code, on this machine.
        image: reference of the container image built from it.
    """

    manifest: Manifest
    folder: Path
    image: str


def entries() -> dict[str, CatalogueEntry]:
    """Every component by reference, in the order of their shelves; a manifest is read again only when it changed.

    One whose manifest is broken is left out, and the log says why.
    """
    root = Path(settings.FACTORY_COMPONENTS)
    files = [file for shelf in SHELVES for file in sorted((root / shelf).glob(f"*/{MANIFEST_FILE}"))]
    stamps = []
    for file in files[:MAX_COMPONENTS]:
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        stamps.append((file, status.st_mtime_ns, status.st_size))
    return dict(_entries(tuple(stamps)))


def manifests() -> dict[str, Manifest]:
    """The manifest of every component by reference."""
    return {ref: entry.manifest for ref, entry in entries().items()}


def component(ref: str) -> CatalogueEntry:
    """One component by its reference, such as `overlay@1.0.0`.

    Raises:
        UnknownComponent: there is none; the message offers the nearest.
    """
    known = entries()
    if ref not in known:
        raise UnknownComponent(f"There is no component {shown(ref)}. {advise_reference(ref, known)}")
    return known[ref]


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
