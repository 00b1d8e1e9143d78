"""The gateway as the agent sees it: encoded media in, requests in, viewers served or refused with a reason."""

import asyncio
import itertools

import av
import pytest

from components.contract.media_types import Format
from components.contract.wire_format import Description
from components.gateways.whep_out import component, viewers
from components.gateways.whep_out.component import WhepOut
from components.gateways.whep_out.tests.live_feed import LiveFeed
from components.gateways.whep_out.tests.sessions import PORTS, ask, measure, reason, until, viewers_inside, watch
from components.sdk.frames import EncodedFrame
from components.sdk.testing import Harness
from components.sdk.webrtc_testing import Publisher, Viewer

pytestmark = pytest.mark.slow


async def test_it_is_ready_before_anyone_watches_and_says_so() -> None:
    with Harness(WhepOut, inputs=PORTS) as harness:
        assert harness.state == "ready"
        assert reason(harness) == "no viewers"


@pytest.mark.parametrize("fmt", [Format.H264, Format.VP8])
async def test_a_viewer_gets_what_came_in_untouched_from_a_keyframe_on(fmt: Format) -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness, video=fmt).running():
        reply = await watch(harness, viewer)
        assert reply.status == 201
        assert "a=sendonly" in reply.body["sdp"]
        await until(lambda: len(viewer.units["video"]) >= 20 and len(viewer.units["audio"]) >= 20)
        await until(lambda: reason(harness) == "1 viewer")
        await until(lambda: measure(harness, "packets") > 20)
        assert measure(harness, "viewers") == measure(harness, "sessions") == 1
        assert measure(harness, "bitrate_kbps") > 0
        assert measure(harness, "frames_decoded") == measure(harness, "encoders_started") == 0
        assert (await ask(harness, "whep-delete", session=reply.body["session"])).status == 200
        await until(lambda: reason(harness) == "no viewers")
    await viewer.close()
    decoder = av.CodecContext.create(str(fmt), "r")
    assert isinstance(decoder, av.VideoCodecContext)
    pictures = [one for unit in viewer.units["video"] for one in decoder.decode(av.Packet(unit.data))]
    assert len(pictures) >= len(viewer.units["video"]) - 1
    assert (pictures[0].width, pictures[0].height) == (320, 240)
    stamps = [unit.timestamp for unit in viewer.units["audio"]]
    steps = [(two - one) & 0xFFFFFFFF for one, two in itertools.pairwise(stamps)]
    # 20 ms each, and whole packets where a busy machine lost one on the wire.
    assert steps.count(960) > len(steps) / 2
    assert {step % 960 for step in steps} == {0}


async def test_a_pipeline_of_sound_alone_is_heard_and_leaves_the_picture_inactive() -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=("audio",)) as harness, LiveFeed(harness, video=None).running():
        reply = await watch(harness, viewer)
        assert reply.status == 201
        assert "a=inactive" in reply.body["sdp"]
        await until(lambda: len(viewer.units["audio"]) >= 10)
    await viewer.close()
    assert viewer.units["video"] == []


async def test_an_offer_is_told_to_come_back_while_nothing_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component, "VIDEO_SECONDS", 0.2)
    viewer = Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness:
        reply = await watch(harness, viewer)
        assert (reply.status, reply.body["retry_after"]) == (503, 2)
        assert "Nothing is coming in yet" in reply.body["title"]
        assert len(viewers_inside(harness)) == 0
    await viewer.close()


async def test_an_offer_waits_for_what_is_about_to_come_in() -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness:
        asking = asyncio.create_task(watch(harness, viewer))
        await asyncio.sleep(0.3)
        with LiveFeed(harness, video=Format.VP8).running():
            reply = await asking
            assert reply.status == 201
            assert "VP8/90000" in reply.body["sdp"]
            await until(lambda: viewer.units["video"])
    await viewer.close()


async def test_a_codec_that_the_wire_does_not_carry_is_not_acceptable() -> None:
    viewer, publisher = Viewer("video/VP8"), Publisher()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running():
        reply = await watch(harness, viewer)
        assert reply.status == 406
        assert "H.264 (constrained baseline, packetization mode 1)" in reply.body["title"]
        assert (await ask(harness, "whep-offer", sdp=await publisher.offer())).status == 422
        assert (await ask(harness, "whep-offer", sdp="hello")).status == 400
        assert (await ask(harness, "whep-offer")).status == 400
        assert len(viewers_inside(harness)) == 0
        assert (await ask(harness, "whip-offer", sdp="hello")).status == 501
    await viewer.close()
    await publisher.close()


async def test_h264_beyond_baseline_is_not_promised_to_players() -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=("video",)) as harness:
        start = b"\x00\x00\x00\x01"
        data = start + bytes.fromhex("6764001fac") + start + bytes.fromhex("68ee3c80") + start + b"\x65\x88"
        harness.fed("video").write(EncodedFrame(Format.H264, data, True, 0, 0, Description(Format.H264)))
        reply = await watch(harness, viewer)
        assert reply.status == 406
        assert "beyond baseline" in reply.body["title"]
    await viewer.close()


async def test_viewers_beyond_the_most_are_told_to_come_back() -> None:
    first, second = Viewer(), Viewer()
    with (
        Harness(WhepOut, parameters={"max_viewers": 1}, inputs=PORTS) as harness,
        LiveFeed(harness).running(),
    ):
        await watch(harness, first)
        reply = await watch(harness, second)
        assert (reply.status, reply.body["retry_after"]) == (503, 2)
        assert "All 1 places are taken" in reply.body["title"]
        await asyncio.to_thread(harness.configure, max_viewers=2)
        assert (await watch(harness, second)).status == 201
        await until(lambda: second.units["video"])
    await first.close()
    await second.close()


async def test_trickled_addresses_are_taken_and_restarts_refused() -> None:
    viewer = Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running():
        reply = await watch(harness, viewer)
        session = reply.body["session"]
        offer = viewer.connection.localDescription.sdp
        ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag:"))
        candidate = "a=candidate:9 1 udp 2130706431 192.0.2.9 50000 typ host"
        fragment = f"{ufrag}\r\na=mid:0\r\n{candidate}\r\na=end-of-candidates\r\n"
        assert (await ask(harness, "whep-trickle", session=session, fragment=fragment)).status == 204
        restart = await ask(harness, "whep-trickle", session=session, fragment="a=ice-ufrag:other\r\n")
        assert restart.status == 422
        assert "ICE restart" in restart.body["title"]
        assert (await ask(harness, "whep-trickle", session=session, fragment="hello")).status == 400
        assert (await ask(harness, "whep-trickle", session="unknown", fragment=fragment)).status == 404
        assert (await ask(harness, "whep-delete", session="unknown")).status == 404
        await until(lambda: viewer.units["video"])
    await viewer.close()


async def test_a_session_that_does_not_connect_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers, "CONNECT_SECONDS", 0.3)
    viewer = Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running():
        reply = await ask(harness, "whep-offer", sdp=await viewer.offer())
        assert len(viewers_inside(harness)) == 1
        await until(lambda: len(viewers_inside(harness)) == 0)
        assert (await ask(harness, "whep-delete", session=reply.body["session"])).status == 404
    await viewer.close()


async def test_viewers_are_sent_away_when_the_codec_changes_and_when_the_node_drains() -> None:
    first, second = Viewer(), Viewer()
    with Harness(WhepOut, inputs=PORTS) as harness, LiveFeed(harness).running() as feed:
        await watch(harness, first)
        await until(lambda: first.units["video"])
        feed.format = Format.VP8
        await until(lambda: len(viewers_inside(harness)) == 0)
        reply = await watch(harness, second)
        assert "VP8/90000" in reply.body["sdp"]
        await until(lambda: second.units["video"])
        inside = viewers_inside(harness)
    assert harness.exit_code == 0
    assert len(inside) == 0
    await until(lambda: second.connection.connectionState == "closed")
    await first.close()
    await second.close()
