"""A real WebRTC publisher, a real peer, and strangers who would rather there were none."""

import asyncio
import contextlib
import dataclasses
import itertools
import os
import random
import socket
import threading
from collections.abc import AsyncIterator, Callable

import av
import pytest
from OpenSSL import SSL

from components.contract.media_types import Format, MediaType
from components.sdk.frames import EncodedFrame
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_guard import GuardedStunProtocol
from components.sdk.webrtc_peer import ReceivingPeer
from components.sdk.webrtc_testing import Publisher

pytestmark = pytest.mark.slow
_FORMATS = [Format.H264, Format.VP8, Format.OPUS]
_PATIENCE = 15.0


@dataclasses.dataclass
class Session:
    """A publisher and the peer that receives it."""

    publisher: Publisher
    peer: ReceivingPeer
    frames: dict[MediaType, list[EncodedFrame]]
    ended: list[str]
    addresses: list[tuple[str, int]]

    @property
    def video(self) -> list[EncodedFrame]:
        return self.frames[MediaType.VIDEO]

    @property
    def audio(self) -> list[EncodedFrame]:
        return self.frames[MediaType.AUDIO]


async def _until(condition: Callable[[], object], what: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.01)
    assert condition(), what


def _peer(
    session_frames: dict[MediaType, list[EncodedFrame]], ended: list[str], connect_seconds: float = 30.0
) -> ReceivingPeer:
    return ReceivingPeer(
        formats=_FORMATS,
        clock=RunClock(),
        on_frame=lambda media_type, frame: session_frames[media_type].append(frame),
        on_end=ended.append,
        connect_seconds=connect_seconds,
    )


@contextlib.asynccontextmanager
async def _session(
    mime_type: str = "video/VP8", *, attack: Callable[[list[tuple[str, int]]], None] | None = None
) -> AsyncIterator[Session]:
    frames: dict[MediaType, list[EncodedFrame]] = {MediaType.VIDEO: [], MediaType.AUDIO: []}
    ended: list[str] = []
    publisher = Publisher(mime_type)
    peer = _peer(frames, ended)
    answer = await peer.answer(await publisher.offer())
    fields = [line.split() for line in answer.splitlines() if line.startswith("a=candidate:")]
    addresses = [(one[4], int(one[5])) for one in fields]
    if attack:
        attack(addresses)
    await publisher.accept(answer)
    try:
        yield Session(publisher, peer, frames, ended, addresses)
    finally:
        await publisher.close()
        await peer.close("the test is over")


def _send(addresses: list[tuple[str, int]], *datagrams: bytes) -> None:
    """As a stranger: from a port that is nobody's candidate."""
    for host, port in addresses:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as stranger:
            for datagram in datagrams:
                stranger.sendto(datagram, (host, port))


def _client_hello() -> bytes:
    """The first flight of a DTLS handshake, as OpenSSL writes it."""
    connection = SSL.Connection(SSL.Context(SSL.DTLS_METHOD))
    connection.set_connect_state()
    with contextlib.suppress(SSL.WantReadError):
        connection.do_handshake()
    return connection.bio_read(4096)


def _decode_video(frames: list[EncodedFrame]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create(str(frames[0].format), "r")
    assert isinstance(decoder, av.VideoCodecContext)
    return [picture for frame in frames for picture in decoder.decode(av.Packet(frame.data))]


def _lose(publisher: Publisher, share: float) -> list[int]:
    """Drop this share of the media on its way out; returns where the drops are counted."""
    randomness, dropped = random.Random(5), [0]
    transport = publisher.video_sender.transport.transport
    send = transport._send

    async def send_some(data: bytes) -> None:
        is_rtcp = 192 <= data[1] <= 223
        if data[0] > 127 and not is_rtcp and randomness.random() < share:
            dropped[0] += 1
        else:
            await send(data)

    transport._send = send_some
    return dropped


@pytest.mark.parametrize(("mime_type", "fmt"), [("video/VP8", Format.VP8), ("video/H264", Format.H264)])
async def test_access_units_arrive_encoded_and_decode_to_the_size_described(mime_type: str, fmt: Format) -> None:
    async with _session(mime_type) as session:
        await _until(lambda: len(session.video) >= 20 and len(session.audio) >= 40, "a second of media")
        counted = await session.peer.count()
    assert session.video[0].keyframe
    assert {frame.format for frame in session.video} == {fmt}
    assert {frame.format for frame in session.audio} == {Format.OPUS}
    pictures = _decode_video(session.video)
    assert len(pictures) == len(session.video)
    description = session.video[0].description
    assert {(one.width, one.height) for one in pictures} == {(320, 240)} == {(description.width, description.height)}
    ears = av.CodecContext.create("opus", "r")
    assert isinstance(ears, av.AudioCodecContext)
    sounds = [sound for frame in session.audio for sound in ears.decode(av.Packet(frame.data))]
    assert sum(sound.samples for sound in sounds) >= 960 * 39
    assert {frame.duration for frame in session.audio} == {20_000_000}
    assert counted["packets"] >= len(session.video) + len(session.audio)
    assert counted["lost"] == 0


async def test_the_first_format_that_both_know_is_agreed_on_and_no_other() -> None:
    publisher = Publisher()
    frames: dict[MediaType, list[EncodedFrame]] = {}
    peer = _peer(frames, [])
    answer = await peer.answer(await publisher.offer())
    assert "H264/90000" in answer
    assert "VP8/90000" not in answer
    await peer.close("done")
    await publisher.close()


async def test_nothing_is_decoded_and_no_frame_waits_in_a_queue() -> None:
    async with _session() as session:
        await _until(lambda: len(session.video) >= 10, "media")
        names = {thread.name for thread in threading.enumerate()}
        receivers = session.peer._connection.getReceivers()
    assert {"video-decoder", "audio-decoder"} <= names
    assert all(vars(receiver.track)["_queue"].qsize() <= 1 for receiver in receivers)


async def test_sound_and_pictures_of_one_moment_have_one_pts() -> None:
    async with _session("video/H264") as session:
        await _until(lambda: len(session.video) >= 60 and len(session.audio) >= 150, "four seconds of media")
        video = list(zip(session.video, session.publisher.pictures.captured, strict=False))
        tone = session.publisher.tone
        assert tone
        audio = list(zip(session.audio, tone.captured, strict=False))
    late_video = sorted(frame.pts - captured for frame, captured in video[-15:])
    late_audio = sorted(frame.pts - captured for frame, captured in audio[-50:])
    assert abs(late_video[7] - late_audio[25]) < 20_000_000
    for frames in (session.video, session.audio):
        assert all(before.pts < after.pts for before, after in itertools.pairwise(frames))


@pytest.mark.parametrize("mime_type", ["video/VP8", "video/H264"])
async def test_with_one_packet_in_twenty_lost_what_is_handed_on_still_decodes(mime_type: str) -> None:
    async with _session(mime_type) as session:
        await _until(lambda: session.video, "media")
        dropped = _lose(session.publisher, 0.05)
        await _until(lambda: len(session.publisher.pictures.captured) >= 75, "five seconds")
        await asyncio.sleep(0.5)
        pictures = _decode_video(session.video)
        assert dropped[0] > 5
        assert len(pictures) == len(session.video)
        assert len(session.video) >= 0.9 * 75
        assert all(before.pts < after.pts for before, after in itertools.pairwise(session.video))


async def test_a_keyframe_request_reaches_the_publisher_and_is_answered() -> None:
    async with _session() as session:
        await _until(lambda: len(session.video) >= 10, "media")
        before = sum(frame.keyframe for frame in session.video)
        for _ in range(50):
            session.peer.request_keyframe()
        await _until(lambda: sum(frame.keyframe for frame in session.video) > before, "a keyframe")
        assert session.peer.keyframe_requests == 1


async def test_keyframe_requests_go_out_once_a_second_and_none_is_forgotten() -> None:
    async with _session() as session:
        await _until(lambda: len(session.video) >= 3, "media")
        session.peer.request_keyframe()
        await _until(lambda: session.peer.keyframe_requests == 1, "the first request")
        session.peer.request_keyframe()
        await asyncio.sleep(0.2)
        assert session.peer.keyframe_requests == 1
        await _until(lambda: session.peer.keyframe_requests == 2, "the second request")


async def test_an_empty_datagram_from_a_stranger_does_not_end_a_session() -> None:
    async with _session() as session:
        await _until(lambda: len(session.video) >= 3, "media")
        dropped = GuardedStunProtocol.discarded
        _send(session.addresses, b"")
        seen = len(session.video)
        await _until(lambda: len(session.video) >= seen + 10, "media goes on")
        assert GuardedStunProtocol.discarded >= dropped + len(session.addresses)
        assert session.ended == []


async def test_strangers_garbage_of_every_kind_changes_nothing() -> None:
    errors: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
    stun = b"\0\1\0\x08\x21\x12\xa4\x42" + os.urandom(12)
    kinds = (b"", b"\0", stun, stun + b"\x80\x22\xff\xff1234", b"\x15" + os.urandom(40), b"\x80\x60" + os.urandom(60))
    async with _session() as session:
        await _until(lambda: len(session.video) >= 3, "media")
        _send(session.addresses, *kinds * 20)
        seen = len(session.video)
        await _until(lambda: len(session.video) >= seen + 10, "media goes on")
        assert session.ended == []
    assert errors == []


@pytest.mark.parametrize("attempt", range(3))
async def test_client_hellos_of_strangers_do_not_stop_a_session_from_opening(attempt: int) -> None:
    hello = _client_hello()
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def spray(addresses: list[tuple[str, int]]) -> None:
        def flood() -> None:
            while not stop.wait(0.001):
                _send(addresses, hello, b"")

        threads.append(threading.Thread(target=flood, name=f"stranger-{attempt}"))
        threads[0].start()

    try:
        async with _session(attack=spray) as session:
            await _until(lambda: len(session.video) >= 5, "media under attack")
            assert session.ended == []
    finally:
        stop.set()
        for thread in threads:
            thread.join()


async def test_a_session_that_never_connects_is_freed() -> None:
    publisher = Publisher()
    ended: list[str] = []
    frames: dict[MediaType, list[EncodedFrame]] = {}
    peer = _peer(frames, ended, connect_seconds=0.2)
    answer = await peer.answer(await publisher.offer())
    port = next(int(line.split()[5]) for line in answer.splitlines() if line.startswith("a=candidate:"))
    await _until(lambda: ended, "the time-out")
    assert ended == ["no connection within 0.2 s"]
    assert peer.state == "ended"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("0.0.0.0", port))
    await publisher.close()


async def test_a_publisher_that_leaves_ends_the_session_and_frees_its_threads() -> None:
    async with _session() as session:
        await _until(lambda: len(session.video) >= 3, "media")
        await session.publisher.close()
        await _until(lambda: session.ended, "the end")
        assert session.ended == ["the publisher left"]
        assert session.peer.state == "ended"
        await _until(
            lambda: not any(thread.name.endswith("-decoder") for thread in threading.enumerate()), "threads end"
        )


async def test_ending_a_session_twice_tells_of_it_once() -> None:
    async with _session() as session:
        await _until(lambda: session.video, "media")
        await session.peer.close("enough")
        await session.peer.close("enough of that")
        assert session.ended == ["enough"]
        seen = len(session.video)
        session.peer.request_keyframe()
        await asyncio.sleep(0.2)
        assert len(session.video) == seen
