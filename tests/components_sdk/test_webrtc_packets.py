"""Payloads of RTP packets: what aiortc puts together again is what was cut."""

import random

import pytest
from aiortc.codecs.h264 import h264_depayload
from aiortc.codecs.vpx import vp8_depayload

from components.contract.media_types import Format
from components.contract.wire_format import Description
from components.sdk.encoders import VideoEncoder
from components.sdk.frames import EncodedFrame, VideoFrame
from components.sdk.webrtc_bitstream import split_annex_b
from components.sdk.webrtc_packets import MAX_PAYLOAD_BYTES, Packed, is_baseline, pack


def _encoded(fmt: Format) -> list[EncodedFrame]:
    encoder = VideoEncoder(fmt)
    randomness = random.Random(5)
    frames = []
    for index in range(3):
        picture = VideoFrame.blank(640, 360, pts=index * 40_000_000, duration=40_000_000)
        picture.y[:] = [[randomness.randrange(16, 235) for _ in range(640)] for _ in range(360)]
        frames += encoder.encode(picture)
    return frames


def _frame(fmt: Format, data: bytes) -> EncodedFrame:
    return EncodedFrame(fmt, data, True, 7, 0, Description(fmt))


def _check(packed: Packed, frame: EncodedFrame) -> None:
    assert max(len(payload) for payload in packed.payloads) <= MAX_PAYLOAD_BYTES
    assert packed.size == sum(len(payload) for payload in packed.payloads)
    assert (packed.format, packed.keyframe, packed.pts) == (frame.format, frame.keyframe, frame.pts)


def test_h264_survives_the_cut_and_small_units_share_a_packet() -> None:
    for frame in _encoded(Format.H264):
        packed = pack(frame)
        _check(packed, frame)
        again = b"".join(h264_depayload(payload) for payload in packed.payloads)
        assert list(split_annex_b(again)) == list(split_annex_b(frame.data))
        if frame.keyframe:
            assert packed.payloads[0][0] & 0x1F == 24  # STAP-A: both parameter sets
            assert len(packed.payloads) > 3


def test_vp8_survives_the_cut() -> None:
    for frame in _encoded(Format.VP8):
        packed = pack(frame)
        _check(packed, frame)
        assert b"".join(vp8_depayload(payload) for payload in packed.payloads) == frame.data


@pytest.mark.parametrize("size", [2, MAX_PAYLOAD_BYTES - 1, MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 1, 5000])
def test_units_of_every_size_fit(size: int) -> None:
    unit = bytes([0x65]) + b"\x55" * (size - 1)
    frame = _frame(Format.H264, b"\x00\x00\x00\x01\x09\xf0" + b"\x00\x00\x01" + unit)
    packed = pack(frame)
    _check(packed, frame)
    # The access unit delimiter says nothing that the marker does not.
    assert b"".join(h264_depayload(payload) for payload in packed.payloads) == b"\x00\x00\x00\x01" + unit


def test_opus_is_one_packet_and_emptiness_none() -> None:
    assert pack(_frame(Format.OPUS, b"abc")).payloads == (b"abc",)
    assert [pack(_frame(fmt, b"")).payloads for fmt in (Format.H264, Format.VP8, Format.OPUS)] == [(), (), ()]


def test_raw_media_is_no_packet() -> None:
    with pytest.raises(ValueError, match="i420"):
        pack(_frame(Format.I420, b"abc"))


def test_what_the_sdk_encodes_is_constrained_baseline() -> None:
    assert is_baseline(_encoded(Format.H264)[0])


@pytest.mark.parametrize(
    ("profile", "baseline"), [("4200", True), ("42c0", True), ("4d40", False), ("4d80", True), ("6400", False)]
)
def test_profiles_are_told_apart(profile: str, baseline: bool) -> None:
    start = b"\x00\x00\x00\x01"
    sets = start + bytes.fromhex(f"67{profile}1f00") + start + bytes.fromhex("68ce3c80") + start + b"\x65\x88"
    assert is_baseline(_frame(Format.H264, sets)) is baseline
    assert not is_baseline(_frame(Format.H264, start + b"\x65\x88"))
