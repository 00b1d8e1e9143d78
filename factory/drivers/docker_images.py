"""Takes images into the engine: from an archive that was checked before, or built of a component's folder."""

import http
import io
import json
import re
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import docker
from docker.errors import APIError, NotFound

from factory.drivers.docker_client import EngineClients, explain
from factory.drivers.driver import ImageRefused

INSTALLED = "media-pipeline-factory/installed"
"""Every image that was installed has a name below this one, so that no clean-up takes it for left over."""
SDK = "media-pipeline-factory/sdk"
_LOOK_SECONDS = 30
_LOAD_SECONDS = 300
_BUILD_SECONDS = 900
"""For a whole build; between two lines of it the engine may be silent for as long as a load."""
_MOST_SAID_CHARACTERS = 2000
_LEFT_OUT = frozenset({"__pycache__", "tests", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_ID = re.compile(r"sha256:[0-9a-f]{64}")


def load_image(clients: EngineClients, path: Path) -> str:
    """See `Driver.load_image`. The archive names no image: a name in it could take the place of another's."""
    with clients.borrow(seconds=_LOAD_SECONDS) as client, path.open("rb") as archive:
        try:
            said = [_words(line) for line in client.load_image(archive, quiet=True)]  # type: ignore[no-untyped-call]
        except APIError as error:
            raise ImageRefused(f"The engine cannot read the image: {explain(error)}; save it again") from error
        found = _ID.search("".join(said))
        if found is None:
            raise ImageRefused(f"The engine took in no image: {_last(said)}; save it again with its config")
        return _keep(client, found[0])


def build_image(clients: EngineClients, folder: Path) -> str:
    """See `Driver.build_image`."""
    with clients.borrow(seconds=_LOAD_SECONDS) as client, tempfile.TemporaryFile() as context:
        arguments = {"SDK": _newest_sdk(client)}
        _write_context(folder, context)
        context.seek(0)
        try:
            lines = client.build(
                fileobj=context, custom_context=True, buildargs=arguments, rm=True, forcerm=True, decode=True
            )
            return _keep(client, _built(lines))
        except APIError as error:
            raise ImageRefused(f"The recipe cannot be built: {explain(error)}; mend the Dockerfile") from error


def kept_images(clients: EngineClients) -> frozenset[str]:
    """See `Driver.kept_images`."""
    with clients.borrow(seconds=_LOOK_SECONDS) as client:
        return frozenset(str(image["Id"]) for image in client.images(name=INSTALLED))


def remove_image(clients: EngineClients, image: str) -> None:
    """See `Driver.remove_image`. Never by force: its own name goes, and the engine sees who else needs the image."""
    with clients.borrow(seconds=_LOAD_SECONDS) as client:
        try:
            client.remove_image(_name_of(image), force=False)
        except NotFound:
            return
        except APIError as error:
            if error.status_code != http.HTTPStatus.CONFLICT:
                raise


def _built(lines: Iterator[dict[str, Any]]) -> str:
    said: list[str] = []
    image = ""
    ends = time.monotonic() + _BUILD_SECONDS
    for line in lines:
        if time.monotonic() > ends:
            raise ImageRefused(f"The recipe took over {_BUILD_SECONDS // 60} minutes; build the image elsewhere")
        said = [*said[-200:], _words(line)]
        if "error" in line:
            raise ImageRefused(f"The recipe cannot be built:\n{_last(said)}\nMend the Dockerfile.")
        image = str((line.get("aux") or {}).get("ID") or image)
    if not _ID.fullmatch(image):
        raise ImageRefused(f"The recipe made no image:\n{_last(said)}\nMend the Dockerfile.")
    return image


def _newest_sdk(client: docker.APIClient) -> str:
    found = sorted(client.images(name=SDK), key=lambda image: int(image["Created"]))
    if not found:
        raise ImageRefused("There is no sdk image to build on; run `make images` first")
    return str(found[-1]["Id"])


def _keep(client: docker.APIClient, image: str) -> str:
    try:
        client.tag(image, INSTALLED, tag=image.removeprefix("sha256:"))
    except NotFound as error:
        raise ImageRefused(f"The image {image} is gone again; try once more") from error
    return image


def _name_of(image: str) -> str:
    return f"{INSTALLED}:{image.removeprefix('sha256:')}"


def _write_context(folder: Path, target: BinaryIO) -> None:
    """Regular files alone, without tests and caches; the recipe is no part of what it copies."""
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if not path.is_file() or path.is_symlink() or _LEFT_OUT.intersection(inside.parts):
                continue
            info = tarfile.TarInfo(inside.as_posix())
            info.size, info.mode = path.stat().st_size, 0o755 if path.stat().st_mode & 0o100 else 0o644
            with path.open("rb") as file:
                archive.addfile(info, file)
        ignored = tarfile.TarInfo(".dockerignore")
        ignored.size = len(b"Dockerfile\n")
        archive.addfile(ignored, io.BytesIO(b"Dockerfile\n"))


def _words(line: Any) -> str:
    said = line if isinstance(line, dict) else {"stream": json.dumps(line)}
    return str(said.get("stream") or said.get("error") or said.get("message") or said.get("status") or "")


def _last(said: list[str]) -> str:
    return "".join(said).strip()[-_MOST_SAID_CHARACTERS:] or "it said nothing"
