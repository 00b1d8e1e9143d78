from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from components.contract.media_types import Format
from components.contract.messages import Artifact
from components.sdk.artifacts import ArtifactFile
from components.sdk.input import Input
from components.sdk.testing import Harness, Result, run_component
from components.sdk.testing_wires import wait_until
from components.sinks.recorder import component as recorder_room
from components.sinks.recorder.component import Recorder
from components.sinks.recorder.tests.media import (
    FRAME,
    START,
    count_decoded,
    encode_audio,
    encode_video,
    in_order,
    probe,
)
from components.sinks.recorder.tracks import Held

BOTH = ("video", "audio")


def feed(harness: Harness, frames: Iterable[Held]) -> None:
    """In the order of their times on all wires together, each once the one before it is taken."""
    for port, frame in frames:
        harness.feed(port, [frame])
        wait_until(harness.fed(port).idle, f"{port} is taken")


def stored(result: Result, folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(result.artifacts[name])
    return path


@pytest.mark.parametrize(("container", "fmt"), [("mp4", Format.H264), ("webm", Format.VP8)])
def test_it_writes_both_tracks_into_one_file_and_decodes_nothing(tmp_path: Path, container: str, fmt: Format) -> None:
    with Harness(Recorder, parameters={"container": container, "name": "talk"}, inputs=BOTH) as harness:
        feed(harness, in_order(video=encode_video(fmt, 60), audio=encode_audio(100)))
        result = harness.finish()
    assert list(result.artifacts) == [f"talk.{container}"]
    path = stored(result, tmp_path, f"talk.{container}")
    assert count_decoded(path) == {"video": 60, "audio": 99}
    assert result.measures["frames_decoded"] == 0
    assert result.measures["encoders_started"] == 0
    assert result.measures["packets_written"] == 159
    assert result.measures["packets_dropped"] == 1
    assert result.measures["bytes_written"] == path.stat().st_size
    assert result.measures["files_written"] == 1
    assert result.exit_code == 0


def test_it_begins_at_the_first_keyframe(tmp_path: Path) -> None:
    video = encode_video(Format.H264, 90)
    result = run_component(Recorder, inputs={"video": video[7:]})
    found = probe(stored(result, tmp_path, "recording.mp4"))
    assert len(found["video"]["times"]) == 30


def test_a_track_that_never_comes_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_room, "_WAIT_NS", 0)
    with Harness(Recorder, inputs=BOTH) as harness:
        harness.feed("video", encode_video(Format.H264, 30))
        result = harness.finish()
    found = probe(stored(result, tmp_path, "recording.mp4"))
    assert len(found["video"]["times"]) == 30
    assert "audio" not in found


def test_sound_that_joins_late_begins_the_next_file_at_a_keyframe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_room, "_WAIT_NS", 0)
    video, audio = encode_video(Format.H264, 120), encode_audio(150, start=START + 1_000_000_000)
    with Harness(Recorder, inputs=BOTH) as harness:
        feed(harness, in_order(video=video, audio=audio))
        result = harness.finish()
    assert list(result.artifacts) == ["recording.mp4", "recording-2.mp4"]
    first = probe(stored(result, tmp_path, "recording.mp4"))
    second = probe(stored(result, tmp_path, "recording-2.mp4"))
    assert "audio" not in first
    assert len(first["video"]["times"]) == 60
    assert len(second["video"]["times"]) == 60
    assert second["audio"]["times"][0] < 0.02


def test_it_asks_for_a_keyframe_when_sound_joins_late(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(recorder_room, "_WAIT_NS", 0)
    monkeypatch.setattr(Input, "request_keyframe", lambda self: asked.append(self.port))
    with Harness(Recorder, inputs=BOTH) as harness:
        harness.feed("video", encode_video(Format.H264, 20))
        wait_until(harness.fed("video").idle, "the pictures are taken")
        assert not asked
        harness.feed("audio", encode_audio(2))
        harness.finish()
    assert set(asked) == {"video"}


def test_what_never_found_its_company_is_written_at_the_end(tmp_path: Path) -> None:
    with Harness(Recorder, inputs=BOTH) as harness:
        harness.feed("audio", encode_audio(20))
        result = harness.finish()
    assert count_decoded(stored(result, tmp_path, "recording.mp4")) == {"video": 0, "audio": 20}


def change_size() -> list[Held]:
    small, large = encode_video(Format.H264, 30), encode_video(Format.H264, 30, start=START + 30 * FRAME, width=640)
    return in_order(video=small + large, audio=encode_audio(100))


def change_channels() -> list[Held]:
    stereo, mono = encode_audio(100), encode_audio(100, start=START + 2_000_000_000, channels=1)
    return in_order(video=encode_video(Format.H264, 120), audio=stereo + mono)


def change_parameter_sets() -> list[Held]:
    before, after = encode_video(Format.H264, 30), encode_video(Format.H264, 30, start=START + 30 * FRAME)
    parameter_sets = b"\x00\x00\x01\x67\x42\xc0"
    assert parameter_sets in after[0].data
    for frame in after:
        # One more constraint flag, as another encoder of the same size would set.
        frame.data = frame.data.replace(parameter_sets, b"\x00\x00\x01\x67\x42\xe0")
    return in_order(video=before + after, audio=encode_audio(100))


@pytest.mark.parametrize("change", [change_size, change_channels, change_parameter_sets])
def test_a_change_that_a_track_cannot_hold_begins_the_next_file(
    tmp_path: Path, change: Callable[[], list[Held]]
) -> None:
    frames = change()
    pictures = sum(port == "video" for port, _frame in frames)
    with Harness(Recorder, inputs=BOTH) as harness:
        feed(harness, frames)
        result = harness.finish()
    assert list(result.artifacts) == ["recording.mp4", "recording-2.mp4"]
    found = [probe(stored(result, tmp_path, name)) for name in result.artifacts]
    assert [len(one["video"]["times"]) for one in found] == [pictures // 2, pictures // 2]
    assert all(one["audio"]["times"] for one in found)


def test_at_its_quota_it_finishes_the_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(self: ArtifactFile, descriptor: int, artifact: Artifact, closed: Callable[[str], None]) -> None:
        original(self, descriptor, artifact, closed)
        self.quota_bytes = 285_000

    original = ArtifactFile.__init__
    monkeypatch.setattr(ArtifactFile, "__init__", limited)
    with Harness(Recorder, inputs=BOTH) as harness:
        feed(harness, in_order(video=encode_video(Format.H264, 120), audio=encode_audio(200)))
        result = harness.finish()
        reasons = [report.reason for report in harness.reports if report.state == "degraded"]
    assert reasons
    assert "run again" in reasons[0]
    path = stored(result, tmp_path, "recording.mp4")
    assert path.stat().st_size <= 285_000
    assert count_decoded(path)["video"] > 30
    assert result.measures["packets_dropped"] > 50


def test_a_full_disk_leaves_what_was_written_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(self: ArtifactFile, data: bytes) -> int:
        if self.tell() > 25_000:
            raise OSError(28, "No space left on device")
        return original(self, data)

    original = ArtifactFile.write
    monkeypatch.setattr(ArtifactFile, "write", write)
    with Harness(Recorder, inputs=BOTH) as harness:
        feed(harness, in_order(video=encode_video(Format.H264, 120), audio=encode_audio(200)))
        result = harness.finish()
        reasons = [report.reason for report in harness.reports if report.state == "failed"]
    assert "No space left" in reasons[0]
    assert count_decoded(stored(result, tmp_path, "recording.mp4"))["video"] > 30


@pytest.mark.parametrize("name", ["", "../escape", "a/b", ".hidden", "line\nbreak"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with Harness(Recorder, inputs=["video"]) as harness:
        report = harness.configure(name=name)
    assert report.refused
    assert "name" in report.refused["reason"]
