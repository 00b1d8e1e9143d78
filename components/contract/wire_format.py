"""The bytes on a wire: a fixed header, then the payload. Standard library alone.

A wire is a Unix stream `socketpair`. Downstream it carries descriptions and media, upstream credits and
keyframe requests. Every message is one `Header` (`HEADER_BYTES`, little-endian) and `size` payload bytes,
except that a `SLOT` message's frame lies in the ring and nothing follows its header on the socket.
"""

import dataclasses
import enum
import json
import struct
from typing import Any, NamedTuple, Self

from components.contract.media_types import Format

_LAYOUT = struct.Struct("<BBHIQqqq")
HEADER_BYTES = _LAYOUT.size
MAX_PAYLOAD_BYTES = 4 * 1024 * 1024
"""One access unit at the most; a header that claims more is an error."""
MAX_UNREAD_SLOTS = 4
"""How many ring slots one wire may hold unread; a ring has more than its wires can hold together."""
MAX_UNREAD_NS = 250_000_000
"""How much media a writer may have unread on a wire, beyond one access unit."""
KEYFRAME_CACHE_NS = 2_000_000_000
KEYFRAME_CACHE_BYTES = 4 * 1024 * 1024
KEYFRAME_REQUEST_INTERVAL_NS = 1_000_000_000
CREDIT_TIMEOUT_NS = 5_000_000_000
"""A reader that holds media and acknowledges none of it for this long is taken for hung."""


class WireError(Exception):
    """The bytes on a wire do not follow the format; the wire must be closed."""


class Kind(enum.IntEnum):
    """What a message is."""

    DESCRIPTION = 1
    """JSON of a `Description`; comes first, and again whenever it changes."""
    MEDIA = 2
    """One access unit, raw audio block or data message in the payload."""
    SLOT = 3
    """One raw frame of `size` bytes in ring slot `slot`; no payload on the socket."""
    END = 4
    """The writer is done; end of file follows."""
    CREDIT = 16
    """Upstream: everything up to and including `sequence` has been consumed."""
    KEYFRAME_REQUEST = 17
    """Upstream: the reader cannot go on without a keyframe."""


class Flag(enum.IntFlag):
    """Properties of a media message."""

    KEYFRAME = 1
    """Can be decoded without what came before."""
    CACHED = 2
    """Replayed from the keyframe cache for a reader that joined late; outside the bound on unread media."""
    FINAL = 4
    """On `END`: the source came to its own end, so whatever follows it may finish too."""


_KINDS = {int(kind): kind for kind in Kind}


class Header(NamedTuple):
    """One message's header.

    Attributes:
        kind: what the message is.
        size: payload bytes (frame bytes for `SLOT`), at most `MAX_PAYLOAD_BYTES` on the socket.
        flags: properties of media.
        slot: ring slot of a `SLOT` message, else 0.
        sequence: counts media messages of one output from 1, the same on each of its wires; a gap is a loss.
        pts: presentation time in nanoseconds on the run's clock.
        duration: nanoseconds, 0 where unknown.
        sent: when the writer wrote it, in nanoseconds on the run's clock; hop latency is measured from it.
    """

    kind: Kind
    size: int = 0
    flags: int = 0
    slot: int = 0
    sequence: int = 0
    pts: int = 0
    duration: int = 0
    sent: int = 0

    def pack(self) -> bytes:
        """The header's `HEADER_BYTES` bytes."""
        kind, size, flags, slot, sequence, pts, duration, sent = self
        return _LAYOUT.pack(kind, flags, slot, size, sequence, pts, duration, sent)

    @classmethod
    def unpack(cls, data: bytes | bytearray | memoryview, offset: int = 0) -> Self:
        """Read a header at an offset.

        Raises:
            WireError: the kind is unknown or the size above `MAX_PAYLOAD_BYTES`.
        """
        kind, flags, slot, size, sequence, pts, duration, sent = _LAYOUT.unpack_from(data, offset)
        known = _KINDS.get(kind)
        if known is None:
            raise WireError(f"unknown message kind {kind}")
        if size > MAX_PAYLOAD_BYTES and known is not Kind.SLOT:
            raise WireError(f"a payload of {size} bytes is over the limit of {MAX_PAYLOAD_BYTES}")
        return cls(known, size, flags, slot, sequence, pts, duration, sent)

    @property
    def payload_bytes(self) -> int:
        """How many bytes follow this header on the socket."""
        return 0 if self.kind is Kind.SLOT else self.size


@dataclasses.dataclass(frozen=True)
class Description:
    """What the media that follows is.

    Attributes:
        format: layout of the media.
        clock_rate: RTP clock rate in Hz (90000 for video, 48000 for Opus), 0 for data.
        width, height: pixels, video only.
        frame_rate: frames a second as planned, 0 where unknown, video only.
        sample_rate, channels: audio only.
    """

    format: Format
    clock_rate: int = 90000
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    sample_rate: int = 0
    channels: int = 0

    def to_bytes(self) -> bytes:
        """JSON, UTF-8."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> Self:
        """Read a description; unknown keys are ignored so that old readers survive new writers.

        Raises:
            WireError: not JSON, no format, or an unknown one.
        """
        try:
            fields: dict[str, Any] = json.loads(bytes(data))
            known = {field.name for field in dataclasses.fields(cls)}
            values = {name: value for name, value in fields.items() if name in known}
            values["format"] = Format(values["format"])
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WireError(f"not a description: {error}") from None


def pack_data(message_type: str, meta: Any, payload: bytes) -> bytes:
    """Lay out a data message: 4-byte length, JSON `{"type", "meta"}`, payload."""
    head = json.dumps({"type": message_type, "meta": meta}, separators=(",", ":")).encode()
    return struct.pack("<I", len(head)) + head + payload


def unpack_data(data: bytes | memoryview) -> tuple[str, Any, bytes]:
    """Read a data message as `(type, meta, payload)`.

    Raises:
        WireError: the layout or the JSON is broken.
    """
    try:
        (length,) = struct.unpack_from("<I", data)
        head = json.loads(bytes(data[4 : 4 + length]))
        return str(head["type"]), head["meta"], bytes(data[4 + length :])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise WireError(f"not a data message: {error}") from None
