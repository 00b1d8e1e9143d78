"""What the sdk encodes and decodes between two ports, and how often."""

import numpy as np

from components.contract.media_types import Format, MediaType
from components.sdk.frames import AudioFrame, DataMessage, Frame, VideoFrame
from components.sdk.testing_wires import wait_until
from tests.components_sdk.wires import (
    connect,
    make_input,
    make_output,
    picture,
    wait_for_frames,
)

H264 = (Format.H264,)


def test_one_encoder_serves_all_wires_of_its_format() -> None:
    output = make_output()
    took: list[list[Frame]] = [[], [], []]
    for number, frames in enumerate(took):
        make_input(frames, takes=H264).attach(connect(output, None, wire=f"wire {number}", formats=H264))
    for index in range(20):
        output.write(picture(index))
        wait_for_frames(index + 1, *took)
    assert output.encoders_started == 1
    output.end(final=False)


def test_an_input_decodes_what_its_component_does_not_take() -> None:
    output = make_output()
    took: list[Frame] = []
    reads = make_input(took, takes=(Format.I420,))
    reads.attach(connect(output, None, formats=(Format.VP8,)))
    for index in range(10):
        output.write(picture(100))
        wait_for_frames(index + 1, took)
    assert isinstance(took[-1], VideoFrame)
    assert abs(int(took[-1].y[100, 100]) - 100) <= 4
    assert reads.frames_decoded == 10
    output.end(final=False)


def test_an_input_changes_the_codec_where_it_must() -> None:
    output = make_output()
    took: list[Frame] = []
    reads = make_input(took, takes=H264)
    reads.attach(connect(output, None, formats=(Format.VP8,)))
    for index in range(5):
        output.write(picture(index))
        wait_for_frames(index + 1, took)
    assert {frame.format for frame in took if hasattr(frame, "format")} == {Format.H264}
    output.end(final=False)


def test_sound_becomes_opus_and_comes_back() -> None:
    output = make_output((Format.S16,), media_type=MediaType.AUDIO)
    took: list[Frame] = []
    reads = make_input(took, takes=(Format.S16,), media_type=MediaType.AUDIO)
    reads.attach(connect(output, None, formats=(Format.OPUS,)))
    time_line = np.arange(48000) / 48000
    tone = (np.sin(2 * np.pi * 440 * time_line) * 10000).astype(np.int16)
    for block in range(50):
        samples = np.repeat(tone[block * 960 : (block + 1) * 960, None], 2, axis=1)
        output.write(AudioFrame(samples, 48000, 10**9 + block * 20_000_000))
        wait_for_frames(block + 1, took)
    blocks = [frame for frame in took if isinstance(frame, AudioFrame)]
    assert blocks[0].pts == 10**9 - 6_500_000  # the encoder's own 312 samples come first
    heard = np.concatenate([block.samples for block in blocks])[4800:24000, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(np.argmax(spectrum) * 48000 / len(heard) - 440) < 5
    output.end(final=False)


def test_data_messages_cross_whole() -> None:
    output = make_output((Format.MESSAGE,), media_type=MediaType.DATA)
    took: list[Frame] = []
    make_input(took, takes=(Format.MESSAGE,), media_type=MediaType.DATA).attach(
        connect(output, None, formats=(Format.MESSAGE,))
    )
    output.write(DataMessage("voice-recognition-result", {"language": "de"}, b"\x00\x01guten Tag", 42))
    wait_until(lambda: took, "the message comes")
    assert took == [DataMessage("voice-recognition-result", {"language": "de"}, b"\x00\x01guten Tag", 42)]
    output.end(final=False)
