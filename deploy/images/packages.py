"""The Python packages of the base image, fetched by this machine's pip for the Python in the image.

Fetched here and copied in, because here pip is set up: its index, certificates and passwords stay on this machine.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

PYTHON = "3.11"
GLIBC = (36, 35, 34, 31, 28, 27, 26, 24, 17)
"""Wheels for these minor versions of glibc run on Debian 12, which has 2.36."""


class PackagesFailed(Exception):
    """pip gave up; the message ends with what it said."""


def bring(requirements: Path, *, architecture: str, out: Path, name: str = "packages") -> Path:
    """Unpack everything that the requirements name into a folder below `out`, once for each content.

    Args:
        requirements: a file of exact pins, complete.
        architecture: as the engine names it, `x86_64` or `aarch64`.
        out: where folders are kept.
        name: what the folders are called; of each name the newest is kept.

    Raises:
        PackagesFailed: pip gave up.
    """
    content = hashlib.sha256(requirements.read_bytes() + architecture.encode()).hexdigest()[:12]
    folder = out / f"{name}-{content}"
    if folder.exists():
        return folder
    for old in out.glob(f"{name}-*"):
        shutil.rmtree(old)
    unfinished = out / f"{name}-unfinished"
    platforms = [f"--platform=manylinux_2_{minor}_{architecture}" for minor in GLIBC]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-compile", "--no-deps", "--only-binary=:all:", f"--python-version={PYTHON}"]
    command += [*platforms, f"--platform=manylinux2014_{architecture}", "--implementation=cp"]
    command += [f"--target={unfinished}", f"--requirement={requirements}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise PackagesFailed(f"pip could not fetch {requirements}:\n{done.stderr[-3000:]}")
    unfinished.rename(folder)
    return folder
