"""The messages of the live protocol, as text. Pure."""

import dataclasses
import json
from typing import ClassVar

from factory.doors.live.merge_patch import Json
from factory.foundation.errors import UserError

MOST_BYTES_FROM_CLIENT = 4096


class NotUnderstood(UserError):
    """A client said what the protocol does not know."""

    id: ClassVar[str] = "live:user:not-understood"


@dataclasses.dataclass(frozen=True)
class Ack:
    """The client has taken everything up to this number."""

    seq: int


@dataclasses.dataclass(frozen=True)
class Resync:
    """The client asks for a new snapshot."""


def encode(value: Json) -> str:
    """JSON without spaces, in ASCII: as many bytes as characters."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def snapshot_message(seq: int, state: str) -> str:
    """Everything; `state` is JSON already."""
    return f'{{"type":"snapshot","seq":{seq},"state":{state}}}'


def patch_message(seq: int, patch: str) -> str:
    """What changed since the message before; `patch` is JSON already."""
    return f'{{"type":"patch","seq":{seq},"patch":{patch}}}'


def parse_client_message(text: str | None) -> Ack | Resync:
    """What a client says; None stands for a binary message.

    Raises:
        NotUnderstood: it is too long, no JSON, or unknown.
    """
    if text is None or len(text) > MOST_BYTES_FROM_CLIENT or len(text.encode()) > MOST_BYTES_FROM_CLIENT:
        raise NotUnderstood(f"Send text of at most {MOST_BYTES_FROM_CLIENT} bytes.")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise NotUnderstood("Send JSON.") from None
    match said:
        case {"type": "ack", "seq": int(seq)} if not isinstance(seq, bool):
            return Ack(seq)
        case {"type": "resync"}:
            return Resync()
    raise NotUnderstood('Send {"type": "ack", "seq": N} or {"type": "resync"}.')
