import errno
import mmap
import os
import socket

import pytest

from factory.doors.nodes.ring_memory import MAX_SLOT_BYTES, MAX_SLOTS, RingMemory
from factory.doors.nodes.wire_pairs import WIRE_BUFFER_BYTES, close_all, make_pair
from tests.factory.doors.nodes.descriptors import count_descriptors


def test_a_slot_holds_a_720p_frame_and_ends_at_a_page() -> None:
    ring = RingMemory(wires=2)
    assert ring.slots == 10
    assert 1280 * 720 * 3 // 2 <= ring.slot_bytes < 1280 * 720 * 3 // 2 + 4096
    assert ring.slot_bytes % 4096 == 0
    ring.close()


def test_what_the_writer_writes_the_reader_sees() -> None:
    ring = RingMemory(wires=1, slot_bytes=4096)
    writer, reader = ring.open_for_writer(), ring.open_for_reader()
    size = ring.slots * ring.slot_bytes
    with mmap.mmap(writer, size) as written, mmap.mmap(reader, size, prot=mmap.PROT_READ) as read:
        written[4096:4101] = b"frame"
        assert read[4096:4101] == b"frame"
    close_all((writer, reader))
    ring.close()


def test_a_reader_can_neither_write_nor_map_for_writing() -> None:
    ring = RingMemory(wires=1, slot_bytes=4096)
    reader = ring.open_for_reader()
    with pytest.raises(OSError) as refused:
        os.write(reader, b"x")
    assert refused.value.errno == errno.EBADF
    with pytest.raises(PermissionError):
        mmap.mmap(reader, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    close_all((reader,))
    ring.close()


@pytest.mark.parametrize("size", [0, 4096 * 100])
def test_it_can_neither_shrink_nor_grow(size: int) -> None:
    ring = RingMemory(wires=1, slot_bytes=4096)
    writer = ring.open_for_writer()
    with pytest.raises(PermissionError):
        os.ftruncate(writer, size)
    assert os.fstat(writer).st_mode & 0o777 == 0o600
    close_all((writer,))
    ring.close()


def test_it_refuses_slots_without_bound() -> None:
    with pytest.raises(ValueError, match="slots"):
        RingMemory(wires=1, slot_bytes=MAX_SLOT_BYTES + 1)
    ring = RingMemory(wires=100, slot_bytes=1)
    assert ring.slots == MAX_SLOTS
    ring.close()


def test_closing_gives_every_descriptor_back() -> None:
    before = count_descriptors()
    for _ in range(3):
        ring = RingMemory(wires=1, slot_bytes=4096)
        close_all((ring.open_for_reader(), ring.open_for_writer(), *make_pair()))
        ring.close()
        ring.close()
    assert count_descriptors() == before


def test_the_ends_of_a_wire_are_joined_and_hold_much() -> None:
    one, other = (socket.socket(fileno=descriptor) for descriptor in make_pair())
    with one, other:
        one.sendall(b"unit")
        assert other.recv(10) == b"unit"
        granted = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        with open("/proc/sys/net/core/wmem_max") as ceiling:
            assert granted >= min(WIRE_BUFFER_BYTES, int(ceiling.read()))
