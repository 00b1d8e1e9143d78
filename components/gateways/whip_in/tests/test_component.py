"""The gateway as the agent sees it: requests in, encoded media out, one publisher at a time."""

import asyncio
from collections.abc import Callable

import pytest

from components.contract.media_types import Format
from components.contract.messages import Reply
from components.gateways.whip_in import component
from components.gateways.whip_in.component import WhipIn
from components.sdk.frames import EncodedFrame
from components.sdk.testing import Harness
from components.sdk.webrtc_peer import ReceivingPeer
from components.sdk.webrtc_testing import Publisher

pytestmark = pytest.mark.slow
_PATIENCE = 15.0


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.01)


async def _publish(harness: Harness, publisher: Publisher) -> Reply:
    reply = await asyncio.to_thread(harness.request, "whip-offer", {"sdp": await publisher.offer()})
    if reply.status == 201:
        await publisher.accept(reply.body["sdp"])
    return reply


async def _delete(harness: Harness, session: object) -> Reply:
    return await asyncio.to_thread(harness.request, "whip-delete", {"session": session})


def _reason(harness: Harness) -> str:
    return harness.reports[-1].reason


async def test_it_is_ready_before_anyone_publishes_and_says_what_it_waits_for() -> None:
    with Harness(WhipIn) as harness:
        assert harness.state == "ready"
        assert _reason(harness) == "waiting for a publisher"


@pytest.mark.parametrize(
    ("formats", "expected"),
    [((Format.H264, Format.VP8), Format.H264), ((Format.VP8, Format.H264), Format.VP8), ((Format.VP8,), Format.VP8)],
)
async def test_the_publisher_sends_what_the_pipeline_prefers(formats: tuple[Format, ...], expected: Format) -> None:
    publisher = Publisher()
    with Harness(WhipIn, formats={"video": formats}) as harness:
        video, audio = harness.collected["video"], harness.collected["audio"]
        reply = await _publish(harness, publisher)
        assert reply.status == 201
        await _until(lambda: len(video) >= 10 and len(audio) >= 20)
        await _until(lambda: _reason(harness) == "")
        assert (await _delete(harness, reply.body["session"])).status == 200
        await _until(lambda: _reason(harness) == "waiting for a publisher")
        result = await asyncio.to_thread(harness.finish)
    await publisher.close()
    pictures = [frame for frame in result.outputs["video"] if isinstance(frame, EncodedFrame)]
    assert pictures[0].keyframe
    assert {frame.format for frame in pictures} == {expected}
    assert {frame.format for frame in result.outputs["audio"] if isinstance(frame, EncodedFrame)} == {Format.OPUS}
    assert result.measures["sessions"] == 1
    assert result.measures["frames_decoded"] == result.measures["encoders_started"] == 0


async def test_it_counts_what_comes() -> None:
    publisher = Publisher()
    with Harness(WhipIn) as harness:
        await _publish(harness, publisher)
        await _until(lambda: harness.reports[-1].measures["packets"] > 20)
        measures = harness.reports[-1].measures
        await publisher.close()
    assert measures["bitrate_kbps"] > 0
    assert measures["lost"] == 0
    assert measures["jitter_ms"] >= 0


async def test_a_second_publisher_is_refused_while_the_first_is_there() -> None:
    first, second = Publisher(), Publisher()
    with Harness(WhipIn) as harness:
        await _publish(harness, first)
        await _until(lambda: harness.collected["video"] and _reason(harness) == "")
        reply = await _publish(harness, second)
        assert reply.status == 409
        assert "already" in reply.body["title"]
        await first.close()
        await _until(lambda: _reason(harness) == "waiting for a publisher")
        seen = len(harness.collected["video"])
        assert (await _publish(harness, second)).status == 201
        await _until(lambda: len(harness.collected["video"]) > seen + 5)
        await second.close()


async def test_a_publisher_of_whom_nothing_comes_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component, "SILENT_SECONDS", 0.3)
    silent, next_one = Publisher(), Publisher()
    with Harness(WhipIn) as harness:
        offer = await silent.offer()
        first = await asyncio.to_thread(harness.request, "whip-offer", {"sdp": offer})
        await asyncio.sleep(0.4)
        assert (await _publish(harness, next_one)).status == 201
        await _until(lambda: harness.collected["video"])
        assert (await _delete(harness, first.body["session"])).status == 404
        await silent.close()
        await next_one.close()


async def test_of_two_who_take_over_from_a_silent_publisher_at_once_one_publishes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(component, "SILENT_SECONDS", 0.3)
    close = ReceivingPeer.close

    async def close_slowly(peer: ReceivingPeer, reason: str) -> None:
        await asyncio.sleep(0.2)
        await close(peer, reason)

    silent, one, other = Publisher(), Publisher(), Publisher()
    with Harness(WhipIn) as harness:
        await asyncio.to_thread(harness.request, "whip-offer", {"sdp": await silent.offer()})
        await asyncio.sleep(0.4)
        with monkeypatch.context() as slowly:
            slowly.setattr(ReceivingPeer, "close", close_slowly)
            replies = await asyncio.gather(_publish(harness, one), _publish(harness, other))
        assert sorted(reply.status for reply in replies) == [201, 409]
        for publisher in (silent, one, other):
            await publisher.close()


async def test_a_keyframe_that_a_reader_needs_is_asked_of_the_publisher() -> None:
    publisher = Publisher("video/VP8")
    with Harness(WhipIn, formats={"video": (Format.VP8,)}) as harness:
        video = harness.collected["video"]
        await _publish(harness, publisher)
        await _until(lambda: len(video) >= 10)
        # Past two seconds without one the output's cache is empty, and asks upstream for a new beginning.
        await _until(lambda: sum(frame.keyframe for frame in video if isinstance(frame, EncodedFrame)) >= 2)
        await publisher.close()


@pytest.mark.parametrize("body", [{}, {"sdp": None}, {"sdp": "v=0"}, {"sdp": "nonsense"}])
async def test_a_malformed_offer_is_400(body: dict[str, object]) -> None:
    with Harness(WhipIn) as harness:
        reply = await asyncio.to_thread(harness.request, "whip-offer", dict(body))
        assert reply.status == 400
        assert reply.body["title"]
        assert harness.state == "ready"


@pytest.mark.parametrize("session", ["unknown", "", None, 7])
async def test_an_unknown_session_cannot_be_deleted(session: object) -> None:
    publisher = Publisher()
    with Harness(WhipIn) as harness:
        assert (await _delete(harness, session)).status == 404
        await _publish(harness, publisher)
        assert (await _delete(harness, session)).status == 404
        await _until(lambda: harness.collected["video"])
        await publisher.close()


async def test_an_offer_that_nobody_waits_for_opens_no_session() -> None:
    publisher = Publisher()
    with Harness(WhipIn) as harness:
        offer = await publisher.offer()
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(harness.request, "whip-offer", {"sdp": offer}, -1.0)
        await _until(lambda: any(reply.status == 504 for reply in harness.replies.values()))
        assert _reason(harness) == "waiting for a publisher"
        await publisher.close()


async def test_what_it_does_not_know_is_501() -> None:
    with Harness(WhipIn) as harness:
        assert (await asyncio.to_thread(harness.request, "whep-offer", {})).status == 501


async def test_draining_ends_the_session_and_the_publisher_notices() -> None:
    publisher = Publisher()
    with Harness(WhipIn) as harness:
        await _publish(harness, publisher)
        await _until(lambda: harness.collected["video"])
        result = await asyncio.to_thread(harness.finish)
        assert result.exit_code == 0
        await _until(lambda: publisher.connection.connectionState == "closed")
    await publisher.close()


async def test_a_lower_bit_rate_reaches_the_publisher_while_it_sends() -> None:
    publisher = Publisher("video/VP8")
    told: list[int] = []
    handle = publisher.video_sender._handle_rtcp_packet

    async def watch(packet: object) -> None:
        await handle(packet)  # type: ignore[arg-type]
        encoder = vars(publisher.video_sender)["_RTCRtpSender__encoder"]
        if encoder:
            told.append(encoder.target_bitrate)

    publisher.video_sender._handle_rtcp_packet = watch  # type: ignore[method-assign]
    with Harness(WhipIn, parameters={"max_bitrate_kbps": 1000}) as harness:
        await _publish(harness, publisher)
        await _until(lambda: 1_000_000 in told)
        report = await asyncio.to_thread(harness.configure, max_bitrate_kbps=600)
        assert report.refused is None
        await _until(lambda: 600_000 in told)
        await publisher.close()


async def test_addresses_may_follow_the_offer_and_a_restart_is_refused() -> None:
    publisher = Publisher()
    with Harness(WhipIn) as harness:
        offer = await publisher.offer()
        bare = "".join(line for line in offer.splitlines(keepends=True) if "candidate" not in line)
        reply = await asyncio.to_thread(harness.request, "whip-offer", {"sdp": bare})
        assert reply.status == 201
        ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag:"))
        candidates = [line for line in offer.splitlines() if line.startswith("a=candidate:")]
        fragment = "\r\n".join([ufrag, "a=mid:0", *dict.fromkeys(candidates), "a=end-of-candidates", ""])

        async def trickle(session: object, text: object) -> Reply:
            return await asyncio.to_thread(harness.request, "whip-trickle", {"session": session, "fragment": text})

        session = reply.body["session"]
        assert (await trickle(session, fragment)).status == 204
        assert (await trickle(session, fragment.replace(ufrag, "a=ice-ufrag:other"))).status == 422
        assert (await trickle(session, "hello")).status == 400
        assert (await trickle(session, None)).status == 400
        assert (await trickle("unknown", fragment)).status == 404
        many = "".join(f"a=candidate:{one} 1 udp 5 192.0.2.1 {one + 5000} typ host\r\n" for one in range(32))
        assert (await trickle(session, f"{ufrag}\r\n{many}")).status == 413
        await publisher.accept(reply.body["sdp"])
        await _until(lambda: harness.collected["video"])
        assert (await _delete(harness, session)).status == 200
        assert (await trickle(session, fragment)).status == 404
    await publisher.close()
