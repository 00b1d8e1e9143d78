"""The other ends of a component's wires in a test, made as the agent makes them."""

import dataclasses
import fcntl
import os
import time
from collections.abc import Callable

from components.sdk.decoders import Picture
from components.sdk.frames import AudioFrame, Frame
from components.sdk.input import Item
from components.sdk.output import Output
from components.sdk.wire_writer import WireWriter

PATIENCE = 20.0
SLOTS = 12
SLOT_BYTES = 3840 * 2160 * 3 // 2
_ADD_SEALS, _SEALS = 1033, 0x1 | 0x2 | 0x4  # fcntl.F_ADD_SEALS; seal, shrink, grow


def make_ring(slots: int = SLOTS, slot_bytes: int = SLOT_BYTES) -> int:
    """A sealed memfd as the agent makes one; the caller owns the descriptor."""
    descriptor = os.memfd_create("ring", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, slots * slot_bytes)
    os.fchmod(descriptor, 0o600)
    fcntl.fcntl(descriptor, _ADD_SEALS, _SEALS)
    return descriptor


def read_only(descriptor: int) -> int:
    """The same memory for a reader."""
    return os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it did not come true.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(0.002)


class Fed:
    """One input of the component: an output of the test's own at the other end of a wire."""

    def __init__(self, output: Output, writer: WireWriter) -> None:
        self.output = output
        self.writer = writer

    def write(self, frame: Frame) -> None:
        """Write when the component has taken what came before, so that nothing is ever dropped."""
        wait_until(self.idle, f"{self.output.port} is read")
        self.output.write(frame)

    def idle(self) -> bool:
        """Whether the component has acknowledged everything, or is gone."""
        self.writer.poll()
        return not self.writer.unread or bool(self.writer.closed)


def kept(item: Item) -> Frame:
    """A frame that outlives the message it came in."""
    if isinstance(item, Picture):
        frame = item.as_frame()
        frame.data = frame.data.copy()
        return frame
    if isinstance(item, AudioFrame):
        return dataclasses.replace(item, samples=item.samples.copy())
    return item
