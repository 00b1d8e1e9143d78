import numpy as np
import pytest

from components.contract.media_types import Format
from components.contract.wire_format import Description
from components.sdk.frames import AudioFrame, DataMessage, EncodedFrame, VideoFrame
from components.sdk.testing import Harness, run_component
from components.sdk.testing_wires import wait_until
from components.sinks.logger.component import Logger
from components.sinks.logger.line import describe

WORD = DataMessage("word", {"text": "two\nlines"}, b"\n\x00" * 500, 2_500_000_000)


def messages(count: int) -> list[DataMessage]:
    return [DataMessage("word", {"number": number}, b"", number) for number in range(count)]


def test_it_writes_one_line_of_so_many_and_counts_all(capfd: pytest.CaptureFixture[str]) -> None:
    result = run_component(Logger, parameters={"every": 3}, inputs={"data": messages(8)})
    lines = capfd.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("data #")] == ["#1", "#4", "#7"]
    assert "data ended after 8" in lines
    assert result.measures["data_items"] == 8
    assert result.exit_code == 0


def test_how_many_it_skips_changes_while_it_runs(capfd: pytest.CaptureFixture[str]) -> None:
    with Harness(Logger, parameters={"every": 100}, inputs=["data"]) as harness:
        harness.feed("data", messages(3))
        wait_until(harness.fed("data").idle, "all three are taken")
        assert harness.configure(every=1).refused is None
        harness.feed("data", messages(3))
    lines = capfd.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("data #")] == ["#1", "#4", "#5", "#6"]


def test_ports_are_counted_apart(capfd: pytest.CaptureFixture[str]) -> None:
    sound = AudioFrame(np.zeros((960, 2), np.int16), 48000, 0)
    result = run_component(
        Logger, parameters={"every": 1}, inputs={"video": [VideoFrame.blank(64, 48, 0)], "audio": [sound, sound]}
    )
    assert result.measures["video_items"] == 1
    assert result.measures["audio_items"] == 2
    assert "i420 64x48" in capfd.readouterr().out


def test_encoded_media_is_told_by_format_size_and_keyframe() -> None:
    description = Description(Format.H264, 90000, 1280, 720, 30.0)
    frame = EncodedFrame(Format.H264, b"x" * 321, True, 1_250_000_000, 0, description)
    assert describe(frame, full=False) == "h264 321 bytes keyframe at 1.250 s"
    assert '"width": 1280' in describe(frame, full=True)


def test_raw_media_is_told_by_its_size() -> None:
    assert describe(VideoFrame.blank(64, 48, 500_000_000), full=True) == "i420 64x48 at 0.500 s"
    sound = AudioFrame(np.zeros((960, 2), np.int16), 48000, 0)
    assert describe(sound, full=True) == "s16 960 samples x 2 48000 Hz at 0.000 s"


def test_no_content_breaks_out_of_its_line() -> None:
    line = describe(WORD, full=True)
    assert "\n" not in line
    assert len(line) < 1000
    assert describe(WORD, full=False) == '"word" 1000 bytes at 2.500 s'
