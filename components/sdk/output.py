"""An output port: one stream of frames in, every wire served in the format planned for it."""

import collections
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from components.contract.media_types import RAW, Format, MediaType
from components.contract.wire_format import KEYFRAME_REQUEST_INTERVAL_NS, Description, pack_data
from components.sdk.encoders import OpusEncoder, VideoEncoder, can_encode, create_encoder
from components.sdk.frames import AudioFrame, DataMessage, EncodedFrame, Frame, VideoFrame
from components.sdk.keyframe_cache import KeyframeCache, Unit
from components.sdk.ring_writer import RingWriter
from components.sdk.run_clock import RunClock
from components.sdk.wire_writer import WireWriter

logger = logging.getLogger(__name__)
_CREDITS_AT_ONCE = 2
"""Credits of a raw wire are taken in pairs: every look at the socket wakes its other end, for nothing."""


class Output:
    """Where a component puts its frames.

    Raw pictures go to the ring once, whatever the number of wires; a format that has to be encoded is encoded
    once, by one encoder, for all its wires; encoded media passes as it is. Writing never waits.

    Attributes:
        formats: planned for this port, in order of preference.
        wires: how many wires the drawing gives this port.
        on_keyframe_request: called when some reader cannot go on without a keyframe and the component itself
            is the encoder, at most once a second, from the thread that writes.
    """

    def __init__(
        self,
        port: str,
        *,
        media_type: MediaType,
        formats: tuple[Format, ...],
        wires: int,
        clock: RunClock,
        want_ring: Callable[[int], None],
    ) -> None:
        self.port = port
        self.media_type = media_type
        self.formats = formats
        self.wires = wires
        self.on_keyframe_request: Callable[[], None] | None = None
        self._clock = clock
        self._ring = RingWriter(want_ring, clock)
        self._lock = threading.Lock()
        self._writers: dict[str, WireWriter] = {}
        self._raw: tuple[WireWriter, ...] = ()
        self._encoded: dict[Format, tuple[WireWriter, ...]] = {}
        self._described: tuple[tuple[int, int, int], Description] | None = None
        self._encoders: dict[Format, VideoEncoder | OpusEncoder] = {}
        self._caches: dict[Format, KeyframeCache] = {}
        self._sequences: collections.Counter[Format] = collections.Counter()
        self._keyframe_requested = -KEYFRAME_REQUEST_INTERVAL_NS
        self._ended = False

    def new_frame(self, width: int, height: int, *, pts: int, duration: int = 0) -> VideoFrame:
        """A frame to render into and hand to `write` (or to `discard`); it lies in the ring where there is one.

        Its pixels are what was there before. Do not keep it after `write`.

        Raises:
            ValueError: a side is odd or out of range.
        """
        with self._lock:
            return self._ring.new_frame(width, height, pts, duration, in_ring=bool(self._raw))

    def discard(self, frame: VideoFrame) -> None:
        """Give back a frame of `new_frame` that will not be written."""
        with self._lock:
            self._ring.discard(frame)

    def write(self, frame: Frame) -> None:
        """Send a frame on every wire that keeps up; never waits. Frames on an output that has ended are dropped."""
        with self._lock:
            if self._ended:
                return
            self._poll()
            if isinstance(frame, VideoFrame):
                self._write_video(frame)
            elif isinstance(frame, AudioFrame):
                self._write_audio(frame)
            elif isinstance(frame, EncodedFrame):
                self._write_encoded(frame, tuple(self._writers.values()))
            else:
                self._write_data(frame)
            wanted = self._keyframe_wanted() if self._caches or self._encoded else None
        if wanted:
            self._request_keyframe(wanted)

    def _poll(self) -> None:
        """Take in what the readers say; those that are gone are forgotten."""
        gone = False
        for writer in self._writers.values():
            if writer.unread >= _CREDITS_AT_ONCE or writer not in self._raw:
                writer.poll()
            if slots := writer.released_slots():
                self._ring.release(slots)
            gone = gone or bool(writer.closed)
        if gone:
            self._forget_closed()

    def _forget_closed(self) -> None:
        for wire, writer in tuple(self._writers.items()):
            if writer.closed:
                self._ring.release(writer.released_slots())
                del self._writers[wire]
        self._route()

    def _route(self) -> None:
        """Which wires take raw media as it is, and which take it encoded as what."""
        raw: list[WireWriter] = []
        encoded: dict[Format, list[WireWriter]] = {}
        for writer in self._writers.values():
            target = self._target(writer)
            if target is RAW.get(self.media_type):
                raw.append(writer)
            elif target is not None:
                encoded.setdefault(target, []).append(writer)
        self._raw = tuple(raw)
        self._encoded = {fmt: tuple(writers) for fmt, writers in encoded.items()}

    def _unit(
        self,
        frame: Frame,
        description: Description,
        payload: bytes,
        *,
        size: int,
        keyframe: bool = True,
        slot: int | None = None,
    ) -> Unit:
        """The next message of this format; each format counts for itself, so that a gap is always a loss."""
        self._sequences[description.format] += 1
        duration = 0 if isinstance(frame, DataMessage) else frame.duration
        sequence = self._sequences[description.format]
        return Unit(sequence, frame.pts, duration, keyframe, payload, size, description, slot)

    def _is_raw_wire(self, writer: WireWriter) -> bool:
        return RAW.get(self.media_type) in writer.formats

    def _target(self, writer: WireWriter) -> Format | None:
        """What raw media becomes on this wire."""
        if self._is_raw_wire(writer):
            return RAW[self.media_type]
        return next((fmt for fmt in writer.formats if can_encode(fmt)), None)

    def _write_video(self, frame: VideoFrame) -> None:
        if self._raw:
            self._write_slot(frame)
        if self._encoded or self._encoders:
            self._encode(frame)
        self._ring.discard(frame)

    def _write_slot(self, frame: VideoFrame) -> None:
        slot = self._ring.place(frame)
        if slot is None:
            for writer in self._raw:
                writer.dropped += 1
            return
        layout = (frame.width, frame.height, frame.duration)
        if self._described is None or self._described[0] != layout:
            rate = 1e9 / frame.duration if frame.duration else 0.0
            self._described = (layout, Description(Format.I420, 90000, frame.width, frame.height, rate))
        unit = self._unit(frame, self._described[1], b"", size=frame.data.size, slot=slot)
        for writer in self._raw:
            if writer.write(unit):
                self._ring.hold(slot)
        self._ring.published(slot)

    def _write_audio(self, frame: AudioFrame) -> None:
        if self._raw:
            payload = np.ascontiguousarray(frame.samples).tobytes()
            channels = frame.samples.shape[1]
            description = Description(Format.S16, frame.sample_rate, sample_rate=frame.sample_rate, channels=channels)
            unit = self._unit(frame, description, payload, size=len(payload))
            for writer in self._raw:
                writer.write(unit)
        if self._encoded or self._encoders:
            self._encode(frame)

    def _write_data(self, message: DataMessage) -> None:
        payload = pack_data(message.type, message.meta, message.payload)
        unit = self._unit(message, Description(Format.MESSAGE, 0), payload, size=len(payload))
        for writer in self._writers.values():
            writer.write(unit)

    def _encode(self, frame: VideoFrame | AudioFrame) -> None:
        """One encoder a format, and only while some wire takes it."""
        for fmt, writers in self._encoded.items():
            encoder = self._encoders.get(fmt)
            if encoder is None:
                encoder = self._encoders[fmt] = create_encoder(fmt)
            for encoded in encoder.encode(frame):
                self._write_encoded(encoded, writers)
        for fmt in self._encoders.keys() - self._encoded.keys():
            # Nobody reads this format now; whoever comes next starts at a keyframe.
            self._encoders[fmt].force_keyframe()
            self._caches.pop(fmt, None)

    def _write_encoded(self, frame: EncodedFrame, writers: tuple[WireWriter, ...]) -> None:
        unit = self._unit(frame, frame.description, frame.data, size=len(frame.data), keyframe=frame.keyframe)
        cache = self._caches.setdefault(frame.format, KeyframeCache())
        for writer in writers:
            if writer.fresh and not frame.keyframe:
                for cached in cache:
                    writer.write(cached, cached=True)
            writer.write(unit)
        cache.add(unit)

    def _keyframe_wanted(self) -> set[Format]:
        wanted = {fmt for fmt, cache in self._caches.items() if cache.wants_keyframe}
        for writer in self._writers.values():
            if writer.wants_keyframe and not self._is_raw_wire(writer):
                writer.wants_keyframe = False
                wanted.add(self._target(writer) or Format.H264)
        now = self._clock.now()
        if not wanted or now - self._keyframe_requested < KEYFRAME_REQUEST_INTERVAL_NS:
            return set()
        self._keyframe_requested = now
        return wanted

    def _request_keyframe(self, wanted: set[Format]) -> None:
        for fmt in wanted & self._encoders.keys():
            self._encoders[fmt].force_keyframe()
        if not self._encoders and self.on_keyframe_request:
            self.on_keyframe_request()

    # The control link's side.

    def attach(self, writer: WireWriter, ring: tuple[int, int, int] | None = None) -> None:
        """Serve a wire from the next frame on, in place of an earlier generation of it.

        Args:
            writer: the new end.
            ring: descriptor (closed here), slots and slot bytes. Another ring than before replaces it, and
                gives up all wires that were served from it: they come again with the new one.
        """
        with self._lock:
            if self._ended:
                writer.close("the output has ended")
                if ring:
                    os.close(ring[0])
                return
            if old := self._writers.pop(writer.wire, None):
                old.close("replaced by a new generation")
                self._ring.release(old.released_slots())
            if ring and self._ring.attach(ring[0], slots=ring[1], slot_bytes=ring[2]):
                for other in tuple(self._writers.values()):
                    if self._is_raw_wire(other):
                        other.close("the ring was replaced")
                        del self._writers[other.wire]
            self._writers[writer.wire] = writer
            self._route()

    def detach(self, wire: str, generation: int) -> None:
        """Give a wire up, if it still is this generation."""
        with self._lock:
            writer = self._writers.get(wire)
            if writer and writer.generation == generation:
                writer.close("detached")
            self._forget_closed()

    def end(self, *, final: bool) -> None:
        """Say on every wire that nothing follows."""
        with self._lock:
            self._ended = True
            for writer in self._writers.values():
                writer.end(final=final)
            self._forget_closed()

    def close(self) -> None:
        """Give every wire up without a word: the readers see that this end died."""
        with self._lock:
            self._ended = True
            for writer in self._writers.values():
                writer.close("the node is gone")
            self._forget_closed()

    def ends(self) -> list[dict[str, Any]]:
        """The wire ends held."""
        writers = tuple(self._writers.values())
        return [{"wire": one.wire, "generation": one.generation, "end": "output"} for one in writers if not one.closed]

    def counters(self) -> dict[str, dict[str, Any]]:
        """Counts by wire, as in `messages.Report.outputs`."""
        return {
            writer.wire: {
                "generation": writer.generation,
                "format": writer.format,
                "messages": writer.messages,
                "bytes": writer.bytes,
                "dropped": writer.dropped,
                "unread": writer.unread,
            }
            for writer in tuple(self._writers.values())
        }

    @property
    def encoders_started(self) -> int:
        """How many encoders were opened on this port since the start."""
        return sum(encoder.started for encoder in tuple(self._encoders.values()))
