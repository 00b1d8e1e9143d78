"""The base of all images where no registry answers: the same Debian, put together from its packages."""

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

import docker

SUITE = "bookworm"
PACKAGES = ("ca-certificates", "fonts-dejavu-core", "python-is-python3", "python3")
UNREAD = ("/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/man/*")
REPOSITORY = "media-pipeline-factory/debian"
TRIES = 3


class DebianFailed(Exception):
    """The packages could not be fetched or put together; the message ends with what mmdebstrap said."""


def recipe(more: Sequence[str] = ()) -> list[str]:
    """The command without its target; `more` are packages beside those of every image."""
    left_out = [f"--dpkgopt=path-exclude={pattern}" for pattern in UNREAD]
    return ["mmdebstrap", "--variant=minbase", f"--include={','.join([*PACKAGES, *more])}", *left_out, SUITE]


def reference(more: Sequence[str] = ()) -> str:
    """The image that this recipe makes."""
    return f"{REPOSITORY}:{hashlib.sha256(repr(recipe(more)).encode()).hexdigest()[:12]}"


def bring(engine: docker.DockerClient, *, out: Path, more: Sequence[str] = ()) -> str:
    """Make the image unless it is there; the archive stays in `out` for the next engine.

    Returns:
        its reference.

    Raises:
        DebianFailed: mmdebstrap gave up.
    """
    image = reference(more)
    if engine.images.list(name=image):
        return image
    repository, tag = image.split(":")
    archive = out / f"debian-{tag}.tar"
    if not archive.exists():
        put_together(archive, more)
    engine.api.import_image_from_file(str(archive), repository=repository, tag=tag)
    return image


def put_together(archive: Path, more: Sequence[str] = ()) -> None:
    """Fetch and unpack the packages into an archive; half an archive is never left under its name."""
    unfinished = archive.with_suffix(".part.tar")
    said = ""
    for _ in range(TRIES):
        command = [*recipe(more), str(unfinished)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            raise DebianFailed("mmdebstrap is missing; as root: make setup") from None
        if done.returncode == 0:
            unfinished.rename(archive)
            return
        said = "\n".join(done.stderr.splitlines()[-15:])
    unfinished.unlink(missing_ok=True)
    raise DebianFailed(f"{' '.join(recipe(more))} failed {TRIES} times:\n{said}")
