"""Ends of wires for the tests of the sdk, made as the agent makes them."""

import os
import socket
from collections.abc import Callable
from typing import Any

from components.contract.media_types import Format, MediaType
from components.contract.wire_format import Description
from components.sdk.frames import EncodedFrame, Frame, VideoFrame
from components.sdk.input import Input, ring_of
from components.sdk.output import Output
from components.sdk.run_clock import RunClock
from components.sdk.testing_wires import make_ring, read_only, wait_until
from components.sdk.wire_reader import WireReader
from components.sdk.wire_writer import WireWriter

OPENED: list[socket.socket] = []
"""Every socket of the test that runs; closed when it ends."""
SLOTS = 10
SLOT_BYTES = 640 * 360 * 3 // 2
FRAME_NS = 33_333_333


def open_pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a wire."""
    pair = socket.socketpair()
    OPENED.extend(pair)
    return pair


def make_output(
    formats: tuple[Format, ...] = (Format.I420,),
    *,
    media_type: MediaType = MediaType.VIDEO,
    clock: RunClock | None = None,
    want_ring: Callable[[int], None] = lambda _size: None,
) -> Output:
    """An output of a component."""
    return Output(
        "video", media_type=media_type, formats=formats, wires=1, clock=clock or RunClock(), want_ring=want_ring
    )


def connect(output: Output, ring: int | None, **how: Any) -> WireReader:
    """As `connect_ends`, for who needs the reading end alone."""
    return connect_ends(output, ring, **how)[1]


def connect_ends(
    output: Output,
    ring: int | None,
    *,
    wire: str = "a.video->b.video",
    generation: int = 1,
    formats: tuple[Format, ...] = (Format.I420,),
    join: str = "cache",
    clock: RunClock | None = None,
    slot_bytes: int = SLOT_BYTES,
) -> tuple[WireWriter, WireReader]:
    """A wire from the output to a reader that nobody reads yet."""
    ours, theirs = open_pair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * 1024 * 1024)
    clock = clock or RunClock()
    writer = WireWriter(ours, wire=wire, generation=generation, formats=formats, join=join, clock=clock)
    memory = None
    if ring is not None:
        output.attach(writer, (os.dup(ring), SLOTS, slot_bytes))
        memory = ring_of(read_only(ring), {"slots": SLOTS, "slot_bytes": slot_bytes})
    else:
        output.attach(writer)
    return writer, WireReader(theirs, wire=wire, generation=generation, ring=memory, clock=clock)


def make_input(
    took: list[Frame],
    *,
    takes: tuple[Format, ...] = (Format.I420,),
    media_type: MediaType = MediaType.VIDEO,
    on_item: Callable[[Frame], None] | None = None,
) -> Input:
    """An input of a component that keeps what comes (raw pictures as copies)."""

    def deliver(_port: str, item: object) -> None:
        frame = item.as_frame() if hasattr(item, "as_frame") else item
        if hasattr(frame, "data") and hasattr(frame.data, "copy"):
            frame.data = frame.data.copy()
        took.append(frame)  # type: ignore[arg-type]
        if on_item:
            on_item(frame)  # type: ignore[arg-type]

    return Input(
        "video",
        media_type=media_type,
        takes=takes,
        wires=1,
        clock=RunClock(),
        deliver=deliver,
        changed=lambda: None,
        broken=lambda _error: None,
    )


def encoded(index: int, *, keyframe: bool = False, size: int = 100, fmt: Format = Format.H264) -> EncodedFrame:
    """A made-up access unit; its first four bytes are its index."""
    data = index.to_bytes(4, "big") + bytes(size - 4)
    return EncodedFrame(fmt, data, keyframe, index * FRAME_NS, FRAME_NS, Description(fmt, 90000, 640, 360, 30.0))


def index_of(frame: Frame) -> int:
    """The index that `encoded` was given."""
    assert isinstance(frame, EncodedFrame)
    return int.from_bytes(frame.data[:4], "big")


def new_ring(slot_bytes: int = SLOT_BYTES) -> int:
    """A ring of `SLOTS` slots."""
    return make_ring(SLOTS, slot_bytes)


def picture(index: int, width: int = 640, height: int = 360) -> VideoFrame:
    """A picture whose luma is its index."""
    frame = VideoFrame.blank(width, height, index * FRAME_NS, FRAME_NS)
    frame.y[:] = index % 200
    return frame


def wait_for_frames(count: int, *readers: list[Frame]) -> None:
    """Wait until each of the readers has taken this many."""
    wait_until(lambda: all(len(frames) == count for frames in readers), f"{count} frames are read")
