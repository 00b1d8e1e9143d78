"""Several viewers: each begins at once, none slows another, and together they ask for little."""

import asyncio
import itertools
import random
import time
from typing import Any

import av
import numpy as np
import pytest

from components.contract.media_types import MediaType
from components.gateways.whep_out.component import WhepOut
from components.gateways.whep_out.tests.live_feed import LiveFeed
from components.gateways.whep_out.tests.sessions import PORTS, measure, reason, until, viewers_inside, watch
from components.sdk.testing import Harness
from components.sdk.webrtc_assembly import AccessUnit
from components.sdk.webrtc_testing import Viewer

pytestmark = pytest.mark.slow
SECOND_NS = 1_000_000_000


def _pictures(viewer: Viewer) -> list[tuple[AccessUnit, np.ndarray[Any, Any]]]:
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    found = []
    for unit in viewer.units["video"]:
        for picture in decoder.decode(av.Packet(unit.data)):
            found.append((unit, picture.to_ndarray(format="yuv420p")[:240]))
    return found


def _transport(harness: Harness, session: str) -> Any:
    """The gateway's own transport to a viewer."""
    peer: Any = viewers_inside(harness).find(session)
    return peer._tracks[MediaType.VIDEO].stream._transport.transport


async def _begun(viewer: Viewer) -> None:
    await until(lambda: viewer.units["video"])


def _steps(viewer: Viewer) -> list[int]:
    stamps = [unit.timestamp for unit in viewer.units["video"]]
    return [(two - one) & 0xFFFFFFFF for one, two in itertools.pairwise(stamps)]


async def _is_live(viewer: Viewer) -> None:
    await until(lambda: _steps(viewer)[-5:] == [3600] * 5)


async def test_two_viewers_come_and_one_goes() -> None:
    first, second = Viewer(), Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running():
        await watch(harness, first)
        await watch(harness, second)
        await until(lambda: reason(harness) == "2 viewers")
        await until(lambda: first.units["video"] and second.units["video"])
        await first.close()
        await until(lambda: reason(harness) == "1 viewer")
        seen = len(second.units["video"])
        await until(lambda: len(second.units["video"]) > seen + 20)
        await second.close()
        await until(lambda: reason(harness) == "no viewers")
        await until(lambda: measure(harness, "sessions") == 2)


async def test_viewers_begin_at_once_though_keyframes_are_rare_and_asked_for_once_a_second() -> None:
    viewers = [Viewer() for _ in range(3)]
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness, keyframe_every=0).running() as feed:
        await until(lambda: feed.pictures > 20)
        for viewer in viewers:
            assert (await watch(harness, viewer)).status == 201
            await _begun(viewer)
        for viewer in viewers:
            await _is_live(viewer)
        gaps = [two - one for one, two in itertools.pairwise(feed.requests)]
        assert all(gap >= 0.95 * SECOND_NS for gap in gaps)
        assert len(feed.requests) <= 2
    for viewer in viewers:
        pictures = _pictures(viewer)
        assert pictures[0][0] is viewer.units["video"][0]
        steps = _steps(viewer)
        # What came before is run through at 1 ms a picture, then it goes on live at 40 ms.
        caught_up = list(itertools.takewhile(lambda step: step == 90, steps))
        assert all(step and step % 3600 == 0 for step in steps[len(caught_up) :])
        await viewer.close()


async def test_a_viewer_that_cannot_go_on_gets_a_keyframe_and_many_of_them_one_a_second() -> None:
    viewers = [Viewer(), Viewer()]
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness, keyframe_every=0).running() as feed:
        for viewer in viewers:
            await watch(harness, viewer)
            await _begun(viewer)
        before = len(feed.requests)
        began = time.monotonic()
        while time.monotonic() - began < 2.0:
            for viewer in viewers:
                await viewer.request_keyframe()
            await asyncio.sleep(0.05)
        asked = len(feed.requests) - before
        assert 1 <= asked <= 3
        await until(lambda: measure(harness, "keyframes_requested") >= asked)
    for viewer in viewers:
        await viewer.close()


async def test_a_slow_viewer_slows_no_one_and_comes_back_at_a_keyframe() -> None:
    slow, quick = Viewer(), Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running():
        session = (await watch(harness, slow)).body["session"]
        quick_session = (await watch(harness, quick)).body["session"]
        await until(lambda: slow.units["video"] and quick.units["video"])
        transport = _transport(harness, session)
        send, stuck = transport._send, asyncio.Event()

        async def wait(_data: bytes) -> None:
            while not stuck.is_set():  # noqa: ASYNC110 - set from another loop
                await asyncio.sleep(0.01)

        transport._send = wait
        stalled = len(slow.units["video"])
        await until(lambda: measure(harness, "dropped") > 10)
        seen = len(quick.units["video"])
        await until(lambda: len(quick.units["video"]) > seen + 25)
        other = viewers_inside(harness).find(quick_session)
        assert other is not None
        assert other.dropped == 0
        assert len(slow.units["video"]) == stalled
        transport._send = send
        stuck.set()
        await until(lambda: len(slow.units["video"]) > stalled + 10)
    await slow.close()
    await quick.close()


async def test_what_is_lost_on_the_way_is_sent_again() -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running():
        session = (await watch(harness, viewer)).body["session"]
        await _begun(viewer)
        transport, randomness, lost = _transport(harness, session), random.Random(5), [0]
        send = transport._send

        async def lose(data: bytes) -> None:
            is_rtcp = 192 <= data[1] <= 223
            if not is_rtcp and randomness.random() < 0.1:
                lost[0] += 1
                return
            await send(data)

        transport._send = lose
        before = len(viewer.units["video"])
        await until(lambda: len(viewer.units["video"]) > before + 80)
        peer: Any = viewers_inside(harness).find(session)
        assert peer._tracks[MediaType.VIDEO].stream.resent > 0
        assert viewer.lost("video") < lost[0] / 4
    await viewer.close()


@pytest.mark.parametrize("delay_ms", [0, 150])
async def test_flash_and_beep_are_captured_together_by_the_reports(delay_ms: int) -> None:
    viewer = Viewer()
    with (
        Harness(WhepOut, inputs=PORTS) as harness,
        LiveFeed(harness, video_delay_ns=delay_ms * 1_000_000).running(),
    ):
        await watch(harness, viewer)
        await until(lambda: len(viewer.units["audio"]) > 200)
        captured = [(viewer.captured("audio", unit), unit.data) for unit in viewer.units["audio"]]
        flashes = [viewer.captured("video", unit) for unit, luma in _pictures(viewer) if luma.mean() > 180]
    await viewer.close()
    decoder = av.CodecContext.create("opus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    loud = [
        time
        for time, data in captured
        for sound in decoder.decode(av.Packet(data))
        if np.abs(sound.to_ndarray()).max() > 0.1
    ]
    flash_starts = _starts([one for one in flashes if one])
    beep_starts = _starts([one for one in loud if one])
    assert len(flash_starts) >= 3
    # The viewer leaves at any moment: of the last second there may be the flash and not yet the beep.
    complete = [flash for flash in flash_starts[1:] if flash < beep_starts[-1] + 0.5]
    assert len(complete) >= 2
    pairs = [min(beep_starts, key=lambda beep: abs(beep - flash)) - flash for flash in complete]
    # Pictures are 40 ms apart and begin on the whole second; a sound's packet holds 20 ms.
    assert max(abs(pair) for pair in pairs) < 0.04, pairs


def _starts(times: list[float]) -> list[float]:
    """The first of each group of times that lie close together."""
    return [now for before, now in zip([0.0, *times], times, strict=False) if now - before > 0.5]
