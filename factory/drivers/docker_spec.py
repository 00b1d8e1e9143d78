"""From an instance as we want it to the engine's words. Pure and closed: what is not here cannot be asked for."""

import hashlib
from typing import Any

from factory.drivers.driver import InstanceSpec, Labels

SOCKETS_INSIDE = "/run/factory"
"""Where an instance finds the directory of its control socket."""

_NOBODY = "65534:65534"
_ENVIRONMENT = (
    f"FACTORY_CONTROL={SOCKETS_INSIDE}/control.sock",
    "HOME=/tmp",
    "LANG=C.UTF-8",
    "PYTHONUNBUFFERED=1",
)
_DIES_BEFORE_US = 500
"""When the host runs out of memory the kernel takes instances first (proc(5), oom_score_adj)."""


def network_name(labels: Labels) -> str:
    """The name of the network of a run, the same for all of its instances."""
    return f"pf-{hashlib.sha256(labels.install.encode()).hexdigest()[:8]}-{labels.run}"


def network_labels(labels: Labels) -> dict[str, str]:
    """What marks a network as a run's; it has no node, attempt, epoch or deadline of its own."""
    return {"factory.install": labels.install, "factory.team": labels.team, "factory.run": labels.run}


def create_body(spec: InstanceSpec, *, network: str, seccomp: str) -> dict[str, Any]:
    """The body of `POST /containers/create`.

    Args:
        spec: what is wanted.
        network: `none`, or the name of the network of its run.
        seccomp: the profile as JSON text.
    """
    return {
        "Image": spec.digest or spec.image,
        "User": _NOBODY,
        "WorkingDir": "/app",
        "Env": list(_ENVIRONMENT),
        "Labels": spec.labels.as_strings(),
        "StopSignal": "SIGTERM",
        "Healthcheck": {"Test": ["NONE"]},
        "Tty": False,
        "OpenStdin": False,
        "HostConfig": _host_config(spec, network=network, seccomp=seccomp),
    }


def _host_config(spec: InstanceSpec, *, network: str, seccomp: str) -> dict[str, Any]:
    limits = spec.limits
    return {
        "NetworkMode": network,
        "ReadonlyRootfs": True,
        "Privileged": False,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges", f"seccomp={seccomp}"],
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,
        "NanoCpus": round(limits.cpus * 1_000_000_000),
        "PidsLimit": limits.pids,
        "OomScoreAdj": _DIES_BEFORE_US,
        "Ulimits": [
            _ulimit("core", 0),
            _ulimit("fsize", limits.file_bytes),
            _ulimit("nofile", limits.open_files),
        ],
        "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777"},
        "Mounts": [
            {"Type": "bind", "Source": str(spec.socket_directory), "Target": SOCKETS_INSIDE, "ReadOnly": True},
        ],
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "2"}},
        "RestartPolicy": {"Name": "no"},
        "AutoRemove": False,
        # A first process of its own delivers SIGTERM before the component listens for it, and reaps its children.
        "Init": True,
    }


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}
