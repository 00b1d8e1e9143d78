"""Images for the driver tests, made of this machine's own Python: no registry, no download, no built component."""

import hashlib
import io
import os
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import docker

_ACTOR = Path(__file__).with_name("actor.py")
_LEFT_OUT = {"__pycache__", "dist-packages", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages", "test"}
_REPOSITORY = "media-pipeline-factory-tests/actor"


def ensure_image(client: docker.APIClient, act: str, *, volume: bool = False, program: str = "/bin/python") -> str:
    """The image whose instances perform the act; made if it is not there."""
    base = _ensure_base(client)
    tag = f"{base}-{act}" + ("-volume" if volume else "") + ("" if program == "/bin/python" else "-broken")
    if not client.images(name=tag):
        recipe = f'FROM {base}\nWORKDIR /app\nENTRYPOINT ["{program}", "-I", "-S", "/app/actor.py", "{act}"]\n'
        recipe += "VOLUME /data\n" if volume else ""
        said = list(client.build(fileobj=io.BytesIO(recipe.encode()), tag=tag, rm=True, decode=True))
        assert client.images(name=tag), said
    return tag


def _ensure_base(client: docker.APIClient) -> str:
    content = _ACTOR.read_bytes() + Path(__file__).read_bytes() + sys.version.encode()
    tag = hashlib.sha256(content).hexdigest()[:12]
    if not client.images(name=f"{_REPOSITORY}:{tag}"):
        client.import_image_from_data(_root_as_tar(), repository=_REPOSITORY, tag=tag)
    return f"{_REPOSITORY}:{tag}"


def _root_as_tar() -> bytes:
    """The interpreter, its standard library and the shared libraries of both, at the paths they have here."""
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    library = Path(sysconfig.get_path("stdlib"))
    files = [
        path
        for path in library.rglob("*")
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(library).parts) and path.suffix != ".a"
    ]
    shared = {name for path in (python, *library.glob("lib-dynload/*.so")) for name in _needs(path)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as archive:
        for path in sorted({python, *files, *map(Path, shared)}):
            archive.add(path, arcname=str(path), recursive=False)
        archive.add(_ACTOR, arcname="app/actor.py", recursive=False)
        for name, mode in (("tmp", 0o1777), ("proc", 0o755), ("dev", 0o755), ("sys", 0o755), ("run", 0o755)):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, mode
            archive.addfile(folder)
        link = tarfile.TarInfo("bin/python")
        link.type, link.linkname = tarfile.SYMTYPE, str(python)
        archive.addfile(link)
    return buffer.getvalue()


def _needs(path: Path) -> list[str]:
    """The files that ldd(1) names, each by its shortest path."""
    said = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    words = [word for line in said.splitlines() for word in line.split()]
    return [os.path.normpath(word) for word in words if word.startswith("/") and Path(word).is_file()]
