"""Archives as `docker save` writes them, made without an engine: sound ones, and those made in bad faith."""

import gzip
import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path
from typing import Any

from components.contract.image_labels import ICON_LABEL, MANIFEST_LABEL, README_LABEL

MANIFEST = """\
api_version: 1
name: mirror
version: 1.0.0
publisher: alice
kind: transform
title: Mirror
description: Left becomes right.
license: Apache-2.0
keywords: [flip]
inputs:
  video: {type: video, formats: [i420]}
outputs:
  video: {type: video, formats: [i420]}
"""
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16"/></svg>\n'
README = "# Mirror\n\nTurns the picture around.\n"
LABELS = {MANIFEST_LABEL: MANIFEST, README_LABEL: README, ICON_LABEL: ICON}
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def layer(*names: str, content: bytes = b"print()\n") -> bytes:
    """A layer with these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in names or ("app/component.py",):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def config(layers: list[bytes], labels: dict[str, str] | None = None, **more: Any) -> bytes:
    """What an image says of itself."""
    inner = {"Labels": LABELS if labels is None else labels, "Entrypoint": ["python", "-m", "x"], **more}
    digests = [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]
    rootfs = {"type": "layers", "diff_ids": digests}
    return json.dumps({"architecture": MACHINE, "os": "linux", "config": inner, "rootfs": rootfs}).encode()


def save(
    path: Path,
    *,
    labels: dict[str, str] | None = None,
    layers: list[bytes] | None = None,
    extra: list[tarfile.TarInfo] | None = None,
    compressed: bool = False,
    tag: str = "toy:1.0.0",
    **more: Any,
) -> Path:
    """An archive of one image; `extra` are entries that do not belong there."""
    parts = [layer()] if layers is None else layers
    said = config(parts, labels, **more)
    names = [f"{hashlib.sha256(each).hexdigest()}/layer.tar" for each in parts]
    config_name = f"{hashlib.sha256(said).hexdigest()}.json"
    listed = json.dumps([{"Config": config_name, "RepoTags": [tag], "Layers": names}]).encode()
    with tarfile.open(path, "w:gz" if compressed else "w") as archive:
        for info in extra or []:
            archive.addfile(info, io.BytesIO(b"\0" * info.size))
        for name, content in dict(zip(names, parts, strict=True)).items():
            add(archive, name, content)
        add(archive, config_name, said)
        add(archive, "manifest.json", listed)
    return path


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """One plain file."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def huge_layer(gibibytes: int) -> bytes:
    """A small layer that claims to hold a huge file, and would unpack to one."""
    header = tarfile.TarInfo("huge")
    header.size = gibibytes * 1024**3
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as out:
        out.write(header.tobuf())
        out.write(b"\0" * 1024 * 1024)
    return buffer.getvalue()


def link(name: str, target: str) -> tarfile.TarInfo:
    """A symbolic link."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info
