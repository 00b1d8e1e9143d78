"""What `docker save` wrote, read without an engine: what the image says of itself, and a copy of just that."""

import dataclasses
import hashlib
import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any, BinaryIO, cast

from factory.drivers.archives import (
    MIB,
    ArchiveRefused,
    Budget,
    members,
    open_tar,
    refuse_broken,
    safe_path,
    shown_name,
)

_LIST = "manifest.json"
_WHAT = "The image archive"
_MOST_ENTRIES = 2000
_MOST_LAYERS = 128
_MOST_FILES = 300_000
"""In all layers together."""
_LARGEST_JSON = 2 * MIB
_SAVE_AGAIN = "save the image again with `docker save`"
_LAYER_LINK = re.compile(r"\.\./[0-9a-f]{64}/layer\.tar")
"""How older engines write a layer that an image has twice."""


@dataclasses.dataclass(frozen=True)
class SavedImage:
    """An image in an archive.

    Attributes:
        digest: the id that its engine gave it, `sha256:...` of the config.
        labels: what its maker wrote on it.
        config: all that it says of itself.
        layers: the entries that its layers are, bottom first.
        config_name: the entry that the config is.
    """

    digest: str
    labels: dict[str, str]
    config: dict[str, Any]
    layers: tuple[str, ...]
    config_name: str


def holds_image(path: Path, *, most_bytes: int) -> bool:
    """Whether a tar archive is one of an image, sound or not.

    Raises:
        ArchiveRefused: it is no tar archive.
    """
    signs = {_LIST, "index.json", "oci-layout"}
    with path.open("rb") as file, open_tar(file, "The file") as archive:
        found = members(archive, Budget(_MOST_ENTRIES, most_bytes), "The archive")
        return any(member.name.removeprefix("./") in signs for member in found)


def read_image(path: Path, *, most_bytes: int) -> SavedImage:
    """The one image in an archive; every size and name in it was looked at, layers excepted.

    Args:
        path: of the archive.
        most_bytes: that it may unpack to.

    Raises:
        ArchiveRefused: it is none, holds several, or is not safe.
    """
    with path.open("rb") as file:
        listed = _listed(_find(file, {_LIST}, most_bytes).get(_LIST))
        name, layers = listed
        config = _find(file, {name}, most_bytes).get(name)
    if config is None:
        raise ArchiveRefused(f"{_WHAT} lacks the image's config; {_SAVE_AGAIN}.")
    said = _json(config)
    inner = said.get("config")
    labels = inner.get("Labels") if isinstance(inner, dict) else None
    return SavedImage(
        digest=f"sha256:{hashlib.sha256(config).hexdigest()}",
        labels={str(key): str(value) for key, value in labels.items()} if isinstance(labels, dict) else {},
        config=said,
        layers=layers,
        config_name=name,
    )


def write_clean(path: Path, image: SavedImage, target: Path, *, most_bytes: int) -> None:
    """An archive of this image alone, for the engine: its config and its layers, each looked through, and no name.

    A name in the archive would be given to the image, and could take the place of another's.

    Raises:
        ArchiveRefused: a layer is missing, broken, or unpacks to too much.
    """
    budget = Budget(entries=_MOST_FILES, size=most_bytes)
    wanted = {image.config_name, *image.layers}
    links: dict[str, str] = {}
    written: set[str] = set()
    with (
        refuse_broken(_WHAT),
        path.open("rb") as file,
        target.open("wb") as out,
        tarfile.open(fileobj=out, mode="w") as clean,
    ):
        with open_tar(file, _WHAT) as archive:
            for member in members(archive, Budget(_MOST_ENTRIES, most_bytes), _WHAT):
                name = str(safe_path(member.name))
                if name not in wanted or name in written:
                    continue
                if member.issym():
                    links[name] = str(Path(name).parent.parent / member.linkname.removeprefix("../"))
                    continue
                content = cast("BinaryIO", archive.extractfile(member))
                if name in image.layers:
                    _look_through(content, budget)
                    content.seek(0)
                _add(clean, name, member.size, content)
                written.add(name)
        layers = [links.get(name, name) for name in image.layers]
        if missing := [name for name in (image.config_name, *layers) if name not in written]:
            raise ArchiveRefused(f"{_WHAT} lacks {shown_name(missing[0])}; {_SAVE_AGAIN}.")
        named = json.dumps([{"Config": image.config_name, "RepoTags": None, "Layers": layers}]).encode()
        _add(clean, _LIST, len(named), io.BytesIO(named))


def _find(file: BinaryIO, names: set[str], most_bytes: int) -> dict[str, bytes]:
    """The content of these entries, after a look at every entry there is."""
    file.seek(0)
    found: dict[str, bytes] = {}
    with refuse_broken(_WHAT), open_tar(file, _WHAT) as archive:
        for member in members(archive, Budget(_MOST_ENTRIES, most_bytes), _WHAT):
            name = str(safe_path(member.name))
            is_layer_link = member.issym() and _LAYER_LINK.fullmatch(member.linkname) is not None
            if not (member.isreg() or member.isdir() or is_layer_link):
                raise ArchiveRefused(f"{_WHAT} holds {shown_name(name)}, which is no plain file; {_SAVE_AGAIN}.")
            if name in names and member.isreg():
                if member.size > _LARGEST_JSON:
                    raise ArchiveRefused(f"{shown_name(name)} in the archive is too large; shorten the image's labels.")
                content = archive.extractfile(member)
                found.setdefault(name, content.read(_LARGEST_JSON) if content is not None else b"")
    return found


def _listed(content: bytes | None) -> tuple[str, tuple[str, ...]]:
    if content is None:
        raise ArchiveRefused(
            f"There is no image in the archive ({_LIST} is missing). Give the output of `docker save NAME:VERSION`, "
            "or pack a component's folder with its component.yaml."
        )
    listed = _json(content, is_list=True)
    if len(listed) != 1:
        raise ArchiveRefused(f"There are {len(listed)} images in the archive; save one at a time.")
    try:
        name, layers = str(safe_path(listed[0]["Config"])), tuple(str(safe_path(each)) for each in listed[0]["Layers"])
    except (KeyError, TypeError):
        raise ArchiveRefused(f"{_LIST} in the archive is not as an engine writes it; {_SAVE_AGAIN}.") from None
    if not 0 < len(layers) <= _MOST_LAYERS:
        raise ArchiveRefused(f"The image has {len(layers)} layers; make it with 1 to {_MOST_LAYERS}.")
    return name, layers


def _json(content: bytes, *, is_list: bool = False) -> Any:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list if is_list else dict):
        raise ArchiveRefused(f"The archive is not as an engine writes it; {_SAVE_AGAIN}.")
    return value


def _look_through(layer: BinaryIO, budget: Budget) -> None:
    """Spend what the engine would unpack: a small layer may claim to be a huge one."""
    with open_tar(layer, "A layer of the image") as inner:
        for _member in members(inner, budget, "A layer of the image"):
            pass


def _add(clean: tarfile.TarFile, name: str, size: int, content: BinaryIO) -> None:
    info = tarfile.TarInfo(name)
    info.size = size
    clean.addfile(info, content)
