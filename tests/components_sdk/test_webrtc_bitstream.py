"""Headers read without a decoder, against what real encoders write."""

import fractions

import av
import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from components.sdk.webrtc_bitstream import (
    BitstreamError,
    H264Stream,
    opus_duration_ns,
    read_h264_size,
    read_vp8_header,
    split_annex_b,
)


def _encode(codec: str, width: int, height: int, count: int = 4, **options: str) -> list[bytes]:
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = fractions.Fraction(1, 30)
    encoder.options = options
    packets: list[bytes] = []
    for index in range(count):
        frame = av.VideoFrame.from_ndarray(np.full((height * 3 // 2, width), 40 * index, np.uint8), format="yuv420p")
        frame.pts = index
        packets += [bytes(one) for one in encoder.encode(frame)]
    return packets + [bytes(one) for one in encoder.encode(None)]


@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
@pytest.mark.parametrize(("width", "height"), [(320, 240), (642, 362), (1280, 720), (1920, 1080)])
def test_it_reads_the_size_that_an_h264_encoder_was_given(width: int, height: int, profile: str) -> None:
    stream = H264Stream()
    _data, keyframe = stream.take(_encode("libx264", width, height, 1, profile=profile, preset="ultrafast")[0])
    assert keyframe
    assert (stream.width, stream.height) == (width, height)


def test_it_reads_the_size_of_interlaced_pictures_with_scaling_lists() -> None:
    stream = H264Stream()
    options = {"profile": "high", "x264-params": "interlaced=1:cqm=jvt", "preset": "ultrafast"}
    stream.take(_encode("libx264", 720, 572, 1, **options)[0])
    assert (stream.width, stream.height) == (720, 572)


def test_every_idr_picture_gets_parameter_sets() -> None:
    packets = _encode("libx264", 320, 240, 4, g="2", tune="zerolatency", preset="ultrafast")
    stream = H264Stream()
    assert [stream.take(packet)[1] for packet in packets] == [True, False, True, False]
    bare = b"".join(b"\0\0\1" + unit for unit in split_annex_b(packets[2]) if unit[0] & 0x1F == 5)
    whole, keyframe = stream.take(bare)
    assert keyframe
    assert [unit[0] & 0x1F for unit in split_annex_b(whole)][:3] == [7, 8, 5]
    assert read_h264_size(next(split_annex_b(whole))) == (320, 240)


def test_an_idr_picture_without_known_parameter_sets_is_no_keyframe() -> None:
    assert H264Stream().take(b"\0\0\0\1\x65abc") == (b"\0\0\0\1\x65abc", False)


def test_it_reads_vp8_keyframes_and_their_size() -> None:
    headers = [read_vp8_header(one) for one in _encode("libvpx", 642, 362)]
    assert [header.keyframe for header in headers] == [True, False, False, False]
    assert (headers[0].width, headers[0].height) == (642, 362)


def test_a_vp8_keyframe_without_its_start_code_is_damaged() -> None:
    with pytest.raises(BitstreamError):
        read_vp8_header(b"\x10\0\0\0\0\0\0\0\0\0")
    with pytest.raises(BitstreamError):
        read_vp8_header(b"")


@pytest.mark.parametrize("frame_ms", ["2.5", "5", "10", "20", "40", "60"])
def test_it_knows_how_long_an_opus_packet_plays(frame_ms: str) -> None:
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.format, encoder.layout = 48_000, "s16", "stereo"
    encoder.options = {"frame_duration": frame_ms}
    encoder.open()
    samples = encoder.frame_size
    frame = av.AudioFrame.from_ndarray(np.zeros((1, samples * 2), np.int16), format="s16", layout="stereo")
    frame.sample_rate = 48_000
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    assert opus_duration_ns(bytes(packets[0])) == float(frame_ms) * 1e6


def test_several_opus_frames_in_a_packet_add_up() -> None:
    assert opus_duration_ns(bytes([31 << 3 | 3, 3])) == 60_000_000
    assert opus_duration_ns(bytes([31 << 3 | 1])) == 40_000_000
    assert opus_duration_ns(b"") == opus_duration_ns(bytes([31 << 3 | 3])) == 0


@hypothesis.given(strategies.binary(max_size=64))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for read in (
        lambda: H264Stream().take(b"\0\0\1" + data),
        lambda: read_vp8_header(data),
        lambda: read_h264_size(data),
    ):
        try:
            read()
        except BitstreamError:
            pass
    assert opus_duration_ns(data) >= 0
