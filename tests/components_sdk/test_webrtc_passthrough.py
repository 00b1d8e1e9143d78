"""The two places in aiortc that are taken over: these tests fail when a new version moves them."""

import inspect

import aiortc
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rate import RemoteBitrateEstimator

from components.sdk.webrtc_assembly import Assembler
from components.sdk.webrtc_passthrough import CappedEstimator, UnexpectedLibrary, cap_bitrate, take_encoded


def test_it_was_written_for_this_version_of_aiortc() -> None:
    assert aiortc.__version__.startswith("1.16.")


async def test_aiortc_still_keeps_what_is_replaced() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    receiver = connection.addTransceiver("video", direction="recvonly").receiver
    assembler = Assembler(lambda _unit: None, video=True)
    take_encoded(receiver, assembler, lambda *_report: None)
    cap_bitrate(receiver, lambda: 1)
    assert vars(receiver)["_RTCRtpReceiver__jitter_buffer"] is assembler
    assert isinstance(vars(receiver)["_RTCRtpReceiver__remote_bitrate_estimator"], CappedEstimator)
    await connection.close()


async def test_aiortc_still_calls_it_in_the_same_shape() -> None:
    source = inspect.getsource(RTCRtpReceiver._handle_rtp_packet)
    assert "pli_flag, encoded_frame = self.__jitter_buffer.add(packet)" in source
    assert "packet._data = depayload(codec, packet.payload)" in source
    assert list(inspect.signature(JitterBuffer.add).parameters) == list(inspect.signature(Assembler.add).parameters)
    ours = inspect.signature(CappedEstimator.add).parameters
    assert list(inspect.signature(RemoteBitrateEstimator.add).parameters) == list(ours)


async def test_a_receiver_of_another_build_is_refused() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    receiver = connection.addTransceiver("audio", direction="recvonly").receiver
    delattr(receiver, "_RTCRtpReceiver__jitter_buffer")
    with pytest.raises(UnexpectedLibrary):
        take_encoded(receiver, Assembler(lambda _unit: None, video=False), lambda *_report: None)
    with pytest.raises(UnexpectedLibrary):
        cap_bitrate(receiver, lambda: 1)
    await connection.close()


def test_the_highest_rate_is_told_at_once_and_whenever_it_changes() -> None:
    highest = 1_000_000
    estimator = CappedEstimator(RemoteBitrateEstimator(), lambda: highest)
    told = [estimator.add(at, at << 8, 1000, 7) for at in range(0, 30, 10)]
    assert told == [(1_000_000, [7]), None, None]
    highest = 300_000
    assert estimator.add(40, 40 << 8, 1000, 7) == (300_000, [7])
    assert estimator.add(50, 50 << 8, 1000, 7) is None
    assert estimator.add(1050, 1050 << 8, 1000, 7) == (300_000, [7])


def test_an_estimate_above_the_highest_rate_is_capped() -> None:
    estimator = CappedEstimator(RemoteBitrateEstimator(), lambda: 200_000)
    # 1000 bytes every 5 ms are 1.6 Mbit/s.
    told = [estimator.add(at, (at * 262144 // 1000) & 0xFFFFFF, 1000, 7) for at in range(0, 6000, 5)]
    rates = [one[0] for one in told if one]
    assert len(rates) > 1
    assert max(rates) == 200_000
