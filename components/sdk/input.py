"""An input port: each wire is read in a thread of its own, in the format that the component takes."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from components.contract.media_types import RAW, Format, MediaType
from components.contract.wire_format import Description, WireError, unpack_data
from components.sdk.decoders import OpusDecoder, Picture, SlotPicture, VideoDecoder
from components.sdk.encoders import OpusEncoder, VideoEncoder, can_encode, create_encoder
from components.sdk.frames import AudioFrame, DataMessage, EncodedFrame, VideoFrame
from components.sdk.ring import Ring
from components.sdk.run_clock import RunClock
from components.sdk.wire_reader import Received, WireReader

logger = logging.getLogger(__name__)
_EARLIER_SECONDS = 0.5
"""How long a new generation of a wire waits for the earlier one to be read to its end."""

Item = Picture | AudioFrame | EncodedFrame | DataMessage
Deliver = Callable[[str, Item], None]


class _Conversion:
    """From what comes on one wire to what the component takes."""

    def __init__(self, port: "Input", reader: WireReader) -> None:
        self._port = port
        self._reader = reader
        self._description: Description | None = None
        self._video: VideoDecoder | None = None
        self._opus: OpusDecoder | None = None
        self._encoder: VideoEncoder | OpusEncoder | None = None

    def convert(self, received: Received) -> list[Item]:
        if received.description is not self._description and received.description != self._description:
            self._begin(received.description)
        fmt = received.description.format
        header = received.header
        if fmt is Format.I420:
            pixels = np.frombuffer(received.payload, np.uint8)
            size = received.description
            return self._recode([SlotPicture(pixels, size.width, size.height, header.pts, header.duration)])
        if fmt is Format.S16:
            samples = np.frombuffer(received.payload, np.int16).reshape(-1, received.description.channels)
            return self._recode([AudioFrame(samples, received.description.sample_rate, header.pts, header.duration)])
        if fmt is Format.MESSAGE:
            return [DataMessage(*unpack_data(received.payload), header.pts)]
        if fmt in self._port.takes:
            return [
                EncodedFrame(
                    fmt,
                    bytes(received.payload),
                    received.keyframe,
                    header.pts,
                    header.duration,
                    received.description,
                )
            ]
        return self._decode(received)

    def _begin(self, description: Description) -> None:
        self._description = description
        self._video = self._opus = self._encoder = None
        fmt = description.format
        raw = RAW.get(self._port.media_type)
        if fmt is Format.MESSAGE or fmt in self._port.takes:
            return
        if fmt is Format.OPUS:
            self._opus = OpusDecoder(description)
        elif fmt is not raw:
            self._video = VideoDecoder(fmt)
            self._reader.request_keyframe()
        if raw not in self._port.takes:
            target = next((one for one in self._port.takes if can_encode(one)), None)
            if target is None:
                raise WireError(f"{fmt} came, and {', '.join(self._port.takes)} is all that the port takes")
            self._encoder = create_encoder(target)
            self._port.encoders_started += 1

    def _decode(self, received: Received) -> list[Item]:
        header = received.header
        data = bytes(received.payload)
        if self._opus:
            sounds = self._opus.decode(data, header.pts)
            self._port.frames_decoded += len(sounds)
            return self._recode(list(sounds))
        assert self._video is not None
        errors = self._video.errors
        pictures = self._video.decode(data, header.pts, header.duration)
        self._port.frames_decoded += len(pictures)
        if self._video.errors > errors:
            self._reader.request_keyframe()
        return self._recode(list(pictures))

    def _recode(self, items: list[Item]) -> list[Item]:
        if self._encoder is None:
            return items
        encoded: list[Item] = []
        for item in items:
            raw = item.as_frame() if isinstance(item, Picture) else item
            assert isinstance(raw, VideoFrame | AudioFrame)
            encoded += self._encoder.encode(raw)
        return encoded


class Input:
    """Reads the wires of one port and hands over what comes.

    Attributes:
        takes: formats that the component takes, in order of preference.
        wires: how many wires the drawing gives this port.
        frames_decoded, encoders_started: what the sdk had to do to meet `takes`.
    """

    def __init__(
        self,
        port: str,
        *,
        media_type: MediaType,
        takes: tuple[Format, ...],
        wires: int,
        clock: RunClock,
        deliver: Deliver,
        changed: Callable[[], None],
        broken: Callable[[BaseException], None],
    ) -> None:
        self.port = port
        self.media_type = media_type
        self.takes = takes
        self.wires = wires
        self.frames_decoded = 0
        self.encoders_started = 0
        self._clock = clock
        self._deliver = deliver
        self._changed = changed
        self._broken = broken
        self._lock = threading.Lock()
        self._readers: dict[str, WireReader] = {}
        self._threads: dict[WireReader, threading.Thread] = {}
        self._ended: dict[str, bool] = {}

    def attach(self, reader: WireReader) -> None:
        """Read a new generation of a wire, after what still lies in the earlier one."""
        with self._lock:
            old = self._readers.get(reader.wire)
            earlier = (old, self._threads[old]) if old in self._threads else None
            self._readers[reader.wire] = reader
            thread = threading.Thread(
                target=self._read, args=(reader, earlier), name=f"wire {reader.wire}", daemon=True
            )
            self._threads[reader] = thread
        thread.start()

    def _read(self, reader: WireReader, earlier: tuple[WireReader, threading.Thread] | None) -> None:
        if earlier:
            # Its writer has let go of it, so it comes to its end as soon as it has been read.
            earlier[1].join(_EARLIER_SECONDS)
            earlier[0].shutdown()
            earlier[1].join(_EARLIER_SECONDS)
        conversion = _Conversion(self, reader)
        try:
            for received in reader:
                self._ended.pop(reader.wire, None)
                for item in conversion.convert(received):
                    self._deliver(self.port, item)
        except WireError as error:
            logger.error("wire %s: %s", reader.wire, error)
        except BaseException as error:  # Whatever the component raised ends the instance.
            self._broken(error)
        finally:
            reader.close()
            with self._lock:
                self._threads.pop(reader, None)
                # An end stays the end until media comes again: a pair made while both sides leave carries none.
                if reader.ended:
                    self._ended[reader.wire] = reader.final
            self._changed()

    def detach(self, wire: str, generation: int) -> None:
        """Give a wire up, if it still is this generation."""
        with self._lock:
            reader = self._readers.get(wire)
        if reader and reader.generation == generation:
            reader.shutdown()

    @property
    def all_ended(self) -> bool:
        """Whether every wire of the port has ended for good (a port without wires has)."""
        with self._lock:
            return len(self._ended) >= self.wires

    @property
    def all_final(self) -> bool:
        """Whether every wire of the port came to its source's own end."""
        with self._lock:
            return len(self._ended) >= self.wires and all(self._ended.values())

    def close(self, seconds: float) -> None:
        """Stop reading and wait for the reading threads."""
        with self._lock:
            readers, threads = list(self._readers.values()), list(self._threads.values())
        for reader in readers:
            reader.shutdown()
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(seconds / max(len(threads), 1))

    def request_keyframe(self) -> None:
        """Ask the writer of every wire for a keyframe; each wire carries at most one request a second."""
        with self._lock:
            readers = tuple(self._readers.values())
        for reader in readers:
            try:
                reader.request_keyframe()
            except OSError:
                logger.debug("wire %s: its writer is gone", reader.wire)

    def ends(self) -> list[dict[str, Any]]:
        """The wire ends held."""
        with self._lock:
            readers = tuple(self._readers.values())
        return [{"wire": one.wire, "generation": one.generation, "end": "input"} for one in readers if not one.closed]

    def counters(self) -> dict[str, dict[str, Any]]:
        """Counts by wire, as in `messages.Report.inputs`."""
        now = self._clock.now()
        with self._lock:
            readers = tuple(self._readers.values())
        return {
            one.wire: {
                "generation": one.generation,
                "format": one.description.format if one.description else None,
                "messages": one.messages,
                "bytes": one.bytes,
                "frames": one.frames,
                "lost": one.lost,
                "jitter_us": round(one.jitter_ns / 1000),
                "hop_us": round(one.hop_ns / 1000),
                "age_ms": round(one.age_ns / 1e6),
                "keyframe_age_ms": round((now - one.keyframe_at) / 1e6) if one.keyframe_at else None,
            }
            for one in readers
        }


def ring_of(descriptor: int, ring: dict[str, int]) -> Ring:
    """The reader's mapping of a ring; the descriptor is closed."""
    return Ring(descriptor, slots=ring["slots"], slot_bytes=ring["slot_bytes"], writable=False)
