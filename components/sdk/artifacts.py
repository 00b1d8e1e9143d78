"""Files that a component writes: descriptors from the agent, append-only."""

import os
import threading
from collections.abc import Callable
from typing import Any

from components.contract.messages import Artifact, Event, Refused

_ANSWER_SECONDS = 10.0
_MAX_WAITING = 16


class ArtifactRefused(Exception):
    """The agent gave no file; the text says why."""


class QuotaExceeded(ArtifactRefused):
    """The next write would pass the quota; nothing of it was written."""


class ArtifactFile:
    """An append-only file, written without a buffer so that a kill loses nothing.

    Attributes:
        name: as stored, which may differ from the name asked for where that was taken.
        quota_bytes: most that may be written.
    """

    def __init__(self, descriptor: int, artifact: Artifact, closed: Callable[[str], None]) -> None:
        self.name = artifact.name
        self.quota_bytes = artifact.quota_bytes
        self._id = artifact.id
        self._descriptor: int | None = descriptor
        self._position = 0
        self._closed = closed
        self._lock = threading.Lock()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append all of it.

        Raises:
            QuotaExceeded: it would pass the quota.
            ValueError: the file is closed.
            OSError: the disk is full or broken.
        """
        view = memoryview(data).cast("B")
        with self._lock:
            if self._descriptor is None:
                raise ValueError(f"{self.name} is closed")
            if self._position + len(view) > self.quota_bytes:
                raise QuotaExceeded(f"{self.name} would grow over its quota of {self.quota_bytes} bytes")
            written = 0
            while written < len(view):
                written += os.write(self._descriptor, view[written:])
            self._position += written
        return written

    def tell(self) -> int:
        """Bytes written so far."""
        return self._position

    def close(self) -> None:
        """Finish the file; the agent stores it as complete."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
            self._closed(self._id)


class ArtifactRequests:
    """Asks the agent for files and gives each answer to who asked, over reconnects of the control link."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._asked = 0
        self._waiting: dict[str, tuple[Event, threading.Event]] = {}
        self._answers: dict[str, ArtifactFile | Refused] = {}

    def open(self, name: str, media_type: str) -> ArtifactFile:
        """Ask, and wait.

        Raises:
            ArtifactRefused: refused, or no answer within 10 s.
        """
        with self._lock:
            if len(self._waiting) >= _MAX_WAITING:
                raise ArtifactRefused("too many files were asked for at once")
            self._asked += 1
            key = f"{os.getpid()}-{self._asked}"
            event = Event("artifact_wanted", {"id": key, "name": name, "media_type": media_type})
            answered = threading.Event()
            self._waiting[key] = (event, answered)
        self._send(event)
        came = answered.wait(_ANSWER_SECONDS)
        with self._lock:
            self._waiting.pop(key, None)
            answer = self._answers.pop(key, None)
        if not came or answer is None:
            raise ArtifactRefused(f"no file for {name}: the agent did not answer within {_ANSWER_SECONDS:.0f} s")
        if isinstance(answer, Refused):
            raise ArtifactRefused(answer.reason)
        return answer

    def again(self) -> list[Event]:
        """What is still unanswered, to be asked of an agent that came back."""
        with self._lock:
            return [event for event, _answered in self._waiting.values()]

    def take(self, message: Artifact | Refused, descriptors: tuple[int, ...]) -> None:
        """An answer; one that nobody waits for is closed."""
        with self._lock:
            waiting = self._waiting.get(message.id)
            if waiting is None or message.id in self._answers:
                for descriptor in descriptors:
                    os.close(descriptor)
                return
            self._answers[message.id] = (
                message if isinstance(message, Refused) else ArtifactFile(descriptors[0], message, self._tell_closed)
            )
        waiting[1].set()

    def _tell_closed(self, key: str) -> None:
        body: dict[str, Any] = {"id": key}
        self._send(Event("artifact_closed", body))
