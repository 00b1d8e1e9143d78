"""What an offer may say, and that nothing it says gets past as anything but a refusal."""

import asyncio
import random

import pytest

from components.contract.media_types import Format
from components.sdk.run_clock import RunClock
from components.sdk.webrtc_offer import MAX_OFFER_BYTES, CandidatePolicy, OfferRefused, clean_offer
from components.sdk.webrtc_peer import ReceivingPeer
from components.sdk.webrtc_testing import Publisher

FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)
SECTION = f"""m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
{FINGERPRINT}
a=setup:actpass
"""
OFFER = f"v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\n{SECTION}"
AUDIO = SECTION.replace("video", "audio").replace("mid:0", "mid:1").replace("VP8/90000", "opus/48000/2")
BUNDLED = OFFER.replace("t=0 0\n", "t=0 0\na=group:BUNDLE 0 1\n") + AUDIO


def _candidate(address: str, port: int = 50_000, transport: str = "udp") -> str:
    return f"a=candidate:1 1 {transport} 2130706431 {address} {port} typ host"


def _peer() -> ReceivingPeer:
    return ReceivingPeer(
        formats=[Format.H264, Format.VP8, Format.OPUS],
        clock=RunClock(),
        on_frame=lambda _type, _frame: None,
        on_end=lambda _reason: None,
    )


@pytest.mark.parametrize("offer", [OFFER, BUNDLED, OFFER.replace("\n", "\r\n"), OFFER.replace("sendonly", "sendrecv")])
async def test_it_answers_what_a_publisher_may_offer(offer: str) -> None:
    peer = _peer()
    answer = await peer.answer(offer)
    assert "VP8/90000" in answer
    assert "a=recvonly" in answer
    assert "a=setup:passive" in answer
    await peer.close("done")


REFUSED = {
    "nothing": ("", 400),
    "no session description": ("hello", 400),
    "no media": ("v=0\ns=-\n", 400),
    "too many bytes": (OFFER + "a=x:" + "y" * MAX_OFFER_BYTES, 413),
    "too many lines": (OFFER + "a=x\n" * 1000, 413),
    "nine sections": (OFFER + SECTION * 8, 413),
    "too many candidates": (OFFER + (_candidate("10.0.0.1") + "\n") * 33, 413),
    "two cameras": (OFFER + SECTION, 422),
    "a data channel": (OFFER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n", 422),
    "not bundled": (OFFER + AUDIO, 422),
    "a player": (OFFER.replace("sendonly", "recvonly"), 422),
    "inactive": (OFFER.replace("sendonly", "inactive"), 422),
    "an unknown codec": (OFFER.replace("VP8", "AV1"), 422),
    "no mid": (OFFER.replace("a=mid:0\n", ""), 400),
    "no fingerprint": (OFFER.replace(FINGERPRINT + "\n", ""), 400),
    "no ice password": (OFFER.replace("a=ice-pwd:abcdefghijklmnopqrstuv\n", ""), 400),
    "no setup": (OFFER.replace("a=setup:actpass\n", ""), 400),
    "an unknown setup": (OFFER.replace("actpass", "holdconn"), 400),
    "no rtcp-mux": (OFFER.replace("a=rtcp-mux\n", ""), 400),
    "a forbidden payload type": (OFFER.replace(" 96\n", " 72\n"), 400),
    "a malformed m line": (OFFER.replace("m=video 9 ", "m=video nine "), 400),
    "fmtp of an unknown codec": (OFFER + "a=fmtp:55 x=y\n", 400),
    "an attribute cut short": (OFFER + "a=rtpmap:\n", 400),
    "a half surrogate": (OFFER + "a=\ud800\n", 0),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_it_refuses_what_it_cannot_answer(name: str) -> None:
    offer, status = REFUSED[name]
    if not status:
        cleaned = clean_offer(offer, CandidatePolicy())
        assert "\ud800" in cleaned
        return
    with pytest.raises(OfferRefused) as refusal:
        await _peer().answer(offer)
    assert refusal.value.status == status
    assert refusal.value.reason


async def test_mutated_offers_are_answered_or_refused_and_nothing_else() -> None:
    publisher = Publisher()
    seeds = [OFFER, BUNDLED, await publisher.offer()]
    await publisher.close()
    randomness = random.Random(9725)
    statuses = set()
    for _ in range(300):
        peer = _peer()
        try:
            await peer.answer(_mutate(randomness.choice(seeds), randomness))
        except OfferRefused as refusal:
            statuses.add(refusal.status)
        await peer.close("done")
    await asyncio.sleep(0)
    assert 400 in statuses
    assert statuses <= {400, 413, 422}


def _mutate(text: str, randomness: random.Random) -> str:
    lines = text.splitlines()
    for _ in range(randomness.randint(1, 4)):
        index = randomness.randrange(len(lines))
        line = lines[index]
        at = randomness.randint(0, len(line))
        lines[index] = randomness.choice(
            [
                line[:at],
                line[at:],
                line[:at] + randomness.choice(["\0", " ", "9" * 30, ":", "/", "é", "-1"]) + line[at:],
                "",
                f"{line}\r\n{randomness.choice(lines)}",
                randomness.choice(lines),
            ]
        )
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize(
    "line",
    [
        _candidate("127.0.0.1", 5353),
        _candidate("::1"),
        _candidate("::ffff:127.0.0.1"),
        _candidate("169.254.169.254", 8080),
        _candidate("100.100.100.200"),
        _candidate("fd00:ec2::254"),
        _candidate("fe80::1"),
        _candidate("224.0.0.251"),
        _candidate("255.255.255.255"),
        _candidate("0.0.0.0"),
        _candidate("10.0.0.1", 53),
        _candidate("10.0.0.1", 70_000),
        _candidate("10.0.0.1", transport="tcp"),
        _candidate("example.org"),
        _candidate("9b36eaac-bb2e-49bb-bb78-21c41c499900.local"),
        "a=candidate:short",
        "a=end-of-candidates",
    ],
)
def test_no_check_is_sent_where_the_policy_forbids(line: str) -> None:
    assert line not in clean_offer(f"{OFFER}{line}\n", CandidatePolicy())


@pytest.mark.parametrize("address", ["192.0.2.7", "10.1.2.3", "172.17.0.1", "fd00::2", "2001:db8::1"])
def test_publishers_on_the_same_machine_or_network_may_be_reached(address: str) -> None:
    assert _candidate(address) in clean_offer(f"{OFFER}{_candidate(address)}\n", CandidatePolicy())


def test_an_installation_may_close_private_addresses_and_open_loopback() -> None:
    offer = f"{OFFER}{_candidate('10.1.2.3')}\n{_candidate('127.0.0.1')}\n{_candidate('8.8.8.8')}\n"
    cleaned = clean_offer(offer, CandidatePolicy(private=False, loopback=True))
    assert "10.1.2.3" not in cleaned
    assert "127.0.0.1" in cleaned
    assert "8.8.8.8" in cleaned


def test_a_section_without_a_direction_gets_that_of_the_session_or_the_default() -> None:
    bare = OFFER.replace("a=sendonly\n", "")
    assert "a=sendrecv" in clean_offer(bare, CandidatePolicy())
    assert "a=sendonly" in clean_offer(bare.replace("t=0 0\n", "t=0 0\na=sendonly\n"), CandidatePolicy())


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
def test_a_viewer_receives(direction: str) -> None:
    with pytest.raises(OfferRefused, match="recvonly") as refusal:
        clean_offer(OFFER.replace("sendonly", direction), CandidatePolicy(), role="viewer")
    assert refusal.value.status == 422
    for fine in ("recvonly", "sendrecv"):
        assert f"a={fine}" in clean_offer(OFFER.replace("sendonly", fine), CandidatePolicy(), role="viewer")
