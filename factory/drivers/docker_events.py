"""The engine's event stream as hints that an instance started or ended."""

from collections.abc import Iterator
from typing import Any, Protocol

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from factory.drivers.driver import EngineEvent, Labels


class EventStream(Protocol):
    """What the engine says, as it says it."""

    def __iter__(self) -> Iterator[dict[str, Any]]: ...

    def close(self) -> None:
        """End it, from any thread."""


_KINDS = {"start": "started", "die": "exited"}


def open_stream(client: docker.APIClient, *, install: str) -> EventStream:
    """Subscribe to what happens to containers of this installation from now on; `close()` on it ends it.

    Raises:
        docker.errors.DockerException, requests.exceptions.RequestException: the engine does not answer.
    """
    filters = {"type": ["container"], "event": list(_KINDS), "label": [f"factory.install={install}"]}
    return client.events(filters=filters, decode=True)


def read_stream(stream: EventStream) -> Iterator[EngineEvent]:
    """Translate until the stream ends, by the engine or by `close()`."""
    try:
        for payload in stream:
            event = read_event(payload)
            if event is not None:
                yield event
    except (DockerException, RequestException, OSError, ValueError):
        # The engine went away in mid-word; whoever listens looks for itself and listens again.
        return


def read_event(payload: dict[str, Any]) -> EngineEvent | None:
    """One event of `GET /events`; None for what is no concern of ours."""
    kind = _KINDS.get(str(payload.get("Action")))
    attributes = payload.get("Actor", {}).get("Attributes", {})
    labels = Labels.from_strings(attributes)
    if kind is None or labels is None:
        return None
    return EngineEvent(name=str(attributes["name"]), labels=labels, kind=kind)
