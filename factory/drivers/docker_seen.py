"""From what the Docker engine says of a container to what we call seen. Pure."""

import datetime
from typing import Any

from factory.drivers.driver import EngineState, Labels, Seen

_STATES = {
    "created": EngineState.CREATED,
    "running": EngineState.RUNNING,
    "paused": EngineState.PAUSED,
    "exited": EngineState.EXITED,
    "removing": EngineState.EXITED,
    "dead": EngineState.EXITED,
}


def absent(name: str) -> Seen:
    """There is none, or it is not ours."""
    return Seen(name=name, state=EngineState.ABSENT)


def read_time(text: str) -> datetime.datetime | None:
    """An RFC 3339 time to the microsecond; None for the engine's zero, which means: not yet."""
    if not text or text.startswith("0001-"):
        return None
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)


def is_owned(labels: dict[str, str] | None, *, install: str) -> bool:
    """Whether the labels say that it is of this installation."""
    return bool(labels) and (labels or {}).get("factory.install") == install


def read_listed(payload: dict[str, Any]) -> Seen:
    """One row of `GET /containers/json`; times and exit codes are not in it."""
    return Seen(
        name=str(payload["Names"][0]).removeprefix("/"),
        state=_STATES.get(str(payload["State"]), EngineState.UNKNOWN),
        labels=Labels.from_strings(payload["Labels"] or {}),
    )


def read_inspected(payload: dict[str, Any], *, install: str) -> Seen:
    """The answer of `GET /containers/<name>/json`; absent where it is not of this installation."""
    name = str(payload["Name"]).removeprefix("/")
    labels = payload["Config"]["Labels"]
    if not is_owned(labels, install=install):
        return absent(name)
    said = payload["State"]
    state = _STATES.get(str(said["Status"]), EngineState.UNKNOWN)
    ended = state is EngineState.EXITED
    return Seen(
        name=name,
        state=state,
        labels=Labels.from_strings(labels),
        started_at=read_time(said["StartedAt"]),
        finished_at=read_time(said["FinishedAt"]) if ended else None,
        exit_code=int(said["ExitCode"]) if ended else None,
        out_of_memory=bool(said["OOMKilled"]),
        error=str(said["Error"]),
    )


def volumes(payload: dict[str, Any]) -> list[str]:
    """Where an inspected container has volumes that its image declared."""
    return [str(mount["Destination"]) for mount in payload.get("Mounts") or [] if mount.get("Type") == "volume"]
