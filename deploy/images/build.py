"""Builds the images that instances run: base, sdk and one a component, each only when its content changed."""

import argparse
import concurrent.futures
import contextlib
import fcntl
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

import docker
import yaml

from components.contract.image_labels import labels_of
from deploy.images import debian, packages
from deploy.images.contents import Contents, collect

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "images"
RECIPES = Path(__file__).parent
NAMESPACE = "media-pipeline-factory"
CONTENT = "factory.image.content"
REGISTRY_BASE = "python:3.11-slim-bookworm"
KINDS = ("gateways", "transforms", "sinks")
BEGAN = time.monotonic()


def say(text: str) -> None:
    """One line of progress with the seconds since we began."""
    print(f"{time.monotonic() - BEGAN:7.1f} s  {text}", flush=True)


def build(engine: docker.DockerClient, *, reference: str, contents: Contents, labels: dict[str, str]) -> str:
    """Build an image unless one of this name and content is there.

    Returns:
        its reference.

    Raises:
        docker.errors.BuildError: the recipe failed; carries the engine's log.
    """
    content = contents.fingerprint()
    if labels:
        content = hashlib.sha256(f"{content}{json.dumps(labels, sort_keys=True)}".encode()).hexdigest()[:12]
    if reference in present(engine).get(content, ()):
        say(f"{reference}: unchanged")
        return reference
    say(f"{reference}: building")
    with tempfile.TemporaryFile(dir=OUT) as archive:
        contents.write(archive)
        archive.seek(0)
        engine.images.build(
            fileobj=archive,
            custom_context=True,
            tag=reference,
            buildargs=dict(contents.arguments),
            labels={**labels, CONTENT: content},
            rm=True,
            forcerm=True,
        )
    say(f"{reference}: built")
    return reference


def present(engine: docker.DockerClient) -> dict[str, list[str]]:
    """References of our images by their content."""
    found: dict[str, list[str]] = {}
    for image in engine.api.images(filters={"label": CONTENT}):
        found.setdefault(image["Labels"][CONTENT], []).extend(image["RepoTags"] or [])
    return found


def bring_python(engine: docker.DockerClient) -> str:
    """The image to start from: the registry's if it is here or can be had, else one from Debian's packages."""
    if engine.images.list(name=REGISTRY_BASE):
        return REGISTRY_BASE
    if engine.images.list(name=debian.reference()):
        return debian.reference()
    try:
        say(f"{REGISTRY_BASE}: asking the registry")
        engine.images.pull(REGISTRY_BASE)
        return REGISTRY_BASE
    except (docker.errors.APIError, OSError):
        say(f"no registry answers; {debian.reference()}: from Debian's packages")
    return debian.bring(engine, out=OUT)


def build_base(engine: docker.DockerClient, *, components: Path) -> str:
    """Python with what every component may import."""
    folder = packages.bring(components / "requirements.txt", architecture=engine.info()["Architecture"], out=OUT)
    arguments = {"BASE": bring_python(engine)}
    contents = Contents(collect(folder, [folder]), (RECIPES / "base.Dockerfile").read_text(), arguments)
    return build(engine, reference=f"{NAMESPACE}/base:{contents.fingerprint()}", contents=contents, labels={})


def build_sdk(engine: docker.DockerClient, *, components: Path, base: str) -> str:
    """The base with the contract and the sdk, and the packages in which components lie."""
    parts = [components / "__init__.py", *(components / kind / "__init__.py" for kind in KINDS)]
    parts = [*(part for part in parts if part.exists()), components / "contract", components / "sdk"]
    contents = Contents(collect(components.parent, parts), (RECIPES / "sdk.Dockerfile").read_text(), {"BASE": base})
    return build(engine, reference=f"{NAMESPACE}/sdk:{contents.fingerprint()}", contents=contents, labels={})


def build_component(engine: docker.DockerClient, *, folder: Path, sdk: str) -> str:
    """The sdk with one component's folder, by the recipe in it."""
    manifest = yaml.safe_load((folder / "component.yaml").read_text())
    name, version = str(manifest["name"]), str(manifest["version"])
    contents = Contents(collect(folder, [folder]), (folder / "Dockerfile").read_text(), {"SDK": sdk})
    labels = {
        "org.opencontainers.image.title": str(manifest["title"]),
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.vendor": str(manifest["publisher"]),
        # What `docker save` then takes along, so that the archive can be installed elsewhere.
        **labels_of(folder, icon=str(manifest.get("icon", "icon.svg"))),
    }
    return build(engine, reference=f"{NAMESPACE}/{name}:{version}", contents=contents, labels=labels)


def clear_superseded(engine: docker.DockerClient, *, current: set[str]) -> None:
    """Remove bases, sdks and nameless component images that newer ones replaced; those in use stay."""
    ours = tuple(f"{NAMESPACE}/{name}:" for name in ("base", "sdk"))
    for image in engine.api.images(filters={"label": CONTENT}):
        names = [name for name in image["RepoTags"] or [] if name != "<none>:<none>"]
        old = [name for name in names if name.startswith(ours) and name not in current]
        for reference in old if names else [image["Id"]]:
            with contextlib.suppress(docker.errors.APIError):
                engine.api.remove_image(reference)
                say(f"{reference}: removed, superseded")


def build_all(engine: docker.DockerClient, *, components: Path) -> None:
    """Base, then sdk, then every component, two at a time."""
    base = build_base(engine, components=components)
    sdk = build_sdk(engine, components=components, base=base)
    folders = sorted(path.parent for kind in KINDS for path in (components / kind).glob("*/component.yaml"))
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        built = [pool.submit(build_component, engine, folder=folder, sdk=sdk) for folder in folders]
    current = {base, sdk, *(image.result() for image in built)}
    clear_superseded(engine, current=current)
    say(f"{len(folders)} component images are current")


def main() -> int:
    """Build; the exit code is 1, and the last line says why, where that was not possible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--components", type=Path, default=ROOT / "components", help="folder of the components")
    parser.add_argument("--if-engine", action="store_true", help="no container engine is no failure")
    options = parser.parse_args()
    try:
        engine = docker.from_env(timeout=300)
        engine.ping()
    except (docker.errors.DockerException, OSError) as problem:
        say(f"no images, because no container engine answers: {problem}")
        return 0 if options.if_engine else 1
    OUT.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(engine), (OUT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            build_all(engine, components=options.components.resolve())
        except docker.errors.BuildError as problem:
            lines = [str(line.get("stream") or line.get("error") or "") for line in problem.build_log]
            say(f"an image could not be built: {problem}\n{''.join(lines)[-3000:]}")
            return 1
        except (debian.DebianFailed, packages.PackagesFailed, docker.errors.APIError) as problem:
            say(f"no images: {problem}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
