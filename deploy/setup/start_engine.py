"""Sees to it that a container engine answers, and starts one only where there is none at all."""

import argparse
import contextlib
import fcntl
import getpass
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import docker

OUT = Path(__file__).resolve().parents[2] / "out" / "engine"
SOCKET = Path("/var/run/docker.sock")
PID_FILES = (OUT / "dockerd.pid", Path("/var/run/docker.pid"))
SECONDS_TO_ANSWER = 60


def answers() -> bool:
    """Whether the engine that the environment names answers now."""
    try:
        with contextlib.closing(docker.from_env(timeout=10)) as engine:
            return bool(engine.ping())
    except (docker.errors.DockerException, OSError):
        return False


def wait_for_answer(seconds: float) -> bool:
    """Ask until it answers or the time is over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if answers():
            return True
        time.sleep(0.2)
    return False


def is_alive() -> bool:
    """Whether any engine of this machine runs already, answering or not: there must never be two."""
    for file in PID_FILES:
        with contextlib.suppress(OSError, ValueError):
            name, _, rest = Path(f"/proc/{int(file.read_text())}/stat").read_text().rpartition(")")
            # One that has ended stands there as a zombie for as long as nobody asks how.
            if "dockerd" in name and rest.split()[0] not in ("Z", "X"):
                return True
    return False


def hindrance() -> str:
    """Why this user cannot have an engine here, with what to do about it; empty if nothing is in the way."""
    if SOCKET.exists() and not os.access(SOCKET, os.W_OK):
        return f"{getpass.getuser()} may not use it; as root: usermod -aG docker {getpass.getuser()}, then log in again"
    if os.environ.get("DOCKER_HOST"):
        return f"DOCKER_HOST names {os.environ['DOCKER_HOST']}; start that one, or unset the variable"
    if shutil.which("dockerd") is None and not SOCKET.exists():
        return "none is installed; as root: make setup"
    if os.geteuid() != 0:
        return "only root may start one; as root: deploy/setup/start_engine.py, or service docker start"
    return ""


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the lock under which engines are started."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start() -> None:
    """Start the engine as this machine starts services, or by hand; it outlives us and its pid is kept."""
    if Path("/run/systemd/system").exists():
        subprocess.run(["systemctl", "start", "docker"], check=False)
        return
    with (OUT / "dockerd.log").open("ab") as log:
        process = subprocess.Popen(
            ["dockerd"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    (OUT / "dockerd.pid").write_text(str(process.pid))


def main() -> int:
    """Print one line on how it went; 0 also where runs must do without an engine, unless asked to be strict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail where none can be had")
    strict = parser.parse_args().strict
    if answers():
        print("engine: answers")
        return 0
    if hindrance():
        print(f"engine: no container engine for you: {hindrance()}. Until then runs use plain processes.")
        return 1 if strict else 0
    with alone():
        began = time.monotonic()
        if not is_alive() and not answers():
            print("engine: starting dockerd", flush=True)
            start()
        if wait_for_answer(SECONDS_TO_ANSWER):
            print(f"engine: answers after {time.monotonic() - began:.1f} s")
            return 0
    print(f"engine: did not answer within {SECONDS_TO_ANSWER} s; see {OUT / 'dockerd.log'}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
