"""What waits for a viewer: in order, bounded, and video never without what it depends on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from components.contract.media_types import Format
from components.sdk import webrtc_queue
from components.sdk.webrtc_packets import Packed
from components.sdk.webrtc_queue import ViewerQueue


class Path:
    """Where a queue sends to: open or shut."""

    def __init__(self, *, video: bool = True) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.congested = False
        self.sent: list[tuple[int, bytes, bool]] = []
        self.queue = ViewerQueue(self._write, lambda: self.congested, video=video)

    async def _write(self, payload: bytes, unit: Packed, last: bool) -> None:
        await self.open.wait()
        self.sent.append((unit.pts, payload, last))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[ViewerQueue]:
        """Send within the block."""
        task = asyncio.create_task(self.queue.run())
        try:
            yield self.queue
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, count: int) -> None:
        """Wait until so many payloads are sent."""
        async with asyncio.timeout(5):
            while len(self.sent) < count:  # noqa: ASYNC110 - what is waited for rings no bell
                await asyncio.sleep(0.005)


def _unit(pts: int, *, keyframe: bool = False, packets: int = 1) -> Packed:
    return Packed(Format.VP8, (b"x",) * packets, keyframe, pts, packets)


async def test_it_sends_in_order_and_marks_the_last_packet() -> None:
    path = Path()
    async with path.running() as queue:
        assert queue.put(_unit(1, keyframe=True, packets=40))
        assert queue.put(_unit(2))
        await path.until(41)
    assert [pts for pts, _, _ in path.sent] == [1] * 40 + [2]
    assert [last for _, _, last in path.sent] == [False] * 39 + [True, True]
    assert queue.dropped == 0


async def test_video_begins_at_a_keyframe_and_what_came_before_is_no_loss() -> None:
    queue = Path().queue
    assert not queue.put(_unit(1))
    assert queue.put(_unit(2, keyframe=True))
    assert queue.dropped == 0
    assert Path(video=False).queue.put(_unit(1))


async def test_a_slow_viewer_loses_what_waits_and_goes_on_at_a_keyframe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc_queue, "MAX_WAIT_SECONDS", 0.0)
    path = Path()
    path.open.clear()
    async with path.running() as queue:
        queue.put(_unit(1, keyframe=True))
        await asyncio.sleep(0.02)
        assert queue.put(_unit(2))
        await asyncio.sleep(0.02)
        assert not queue.put(_unit(3))
        assert queue.dropped == 2
        assert not queue.put(_unit(4))
        path.open.set()
        assert queue.put(_unit(5, keyframe=True))
        await path.until(2)
    assert [pts for pts, _, _ in path.sent] == [1, 5]


async def test_bytes_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc_queue, "MAX_BYTES", 3)
    queue = Path().queue
    assert queue.put(_unit(1, keyframe=True, packets=3))
    assert not queue.put(_unit(2))
    assert queue.dropped == 2


async def test_sound_that_waited_too_long_is_dropped_and_goes_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webrtc_queue, "MAX_WAIT_SECONDS", 0.0)
    queue = Path(video=False).queue
    assert queue.put(_unit(1))
    await asyncio.sleep(0.01)
    assert queue.put(_unit(2))
    assert queue.dropped == 1


async def test_nothing_is_sent_while_the_socket_is_full() -> None:
    path = Path()
    path.congested = True
    async with path.running() as queue:
        queue.put(_unit(1, keyframe=True))
        await asyncio.sleep(0.05)
        assert path.sent == []
        path.congested = False
        await path.until(1)
