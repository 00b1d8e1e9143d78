import itertools
from pathlib import Path

import pytest

from components.contract.media_types import Format
from components.sdk.frames import EncodedFrame
from components.sinks.recorder.part import Part
from components.sinks.recorder.tests.media import (
    BLOCK,
    FRAME,
    START,
    count_decoded,
    encode_audio,
    encode_video,
    in_order,
    probe,
)
from components.sinks.recorder.tracks import Held, Track

CONTAINERS = [("mp4", Format.H264), ("webm", Format.VP8)]


class Appended:
    """A file that can be written at its end and do nothing else."""

    def __init__(self) -> None:
        self.data = b""
        self.sizes: list[int] = []

    def write(self, data: bytes) -> int:
        self.data += data
        self.sizes.append(len(self.data))
        return len(data)


def write_part(container: str, frames: list[Held], destination: Appended) -> Part:
    tracks: dict[str, Track] = {}
    for port, frame in frames:
        tracks.setdefault(port, Track.of(frame))
    part = Part(destination, container=container, tracks=tracks, frames=frames)
    for port, frame in frames:
        part.write(port, frame)
    return part


def recorded(tmp_path: Path, container: str, frames: list[Held]) -> Path:
    destination = Appended()
    write_part(container, frames, destination).close()
    path = tmp_path / f"file.{container}"
    path.write_bytes(destination.data)
    return path


@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
def test_both_tracks_keep_every_access_unit_and_its_time(tmp_path: Path, container: str, fmt: Format) -> None:
    video, audio = encode_video(fmt, 150), encode_audio(249)
    found = probe(recorded(tmp_path, container, in_order(video=video, audio=audio)))
    assert len(found["video"]["times"]) == 150
    kept = [frame for frame in audio if frame.pts >= START]
    assert len(found["audio"]["times"]) == len(kept)
    for track, sent in (("video", video), ("audio", kept)):
        wanted = [(frame.pts - START) / 1e9 for frame in sent]
        assert found[track]["times"] == pytest.approx(wanted, abs=0.001)


def test_an_mp4_says_how_long_each_track_is(tmp_path: Path) -> None:
    frames = in_order(video=encode_video(Format.H264, 150), audio=encode_audio(250))
    found = probe(recorded(tmp_path, "mp4", frames))
    assert float(found["format"]["duration"]) == pytest.approx(5.0, abs=0.03)
    assert float(found["video"]["duration"]) == pytest.approx(5.0, abs=0.03)
    assert float(found["audio"]["duration"]) == pytest.approx(5.0, abs=0.03)


@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
def test_what_comes_out_of_the_file_is_what_went_in(tmp_path: Path, container: str, fmt: Format) -> None:
    frames = in_order(video=encode_video(fmt, 60), audio=encode_audio(90))
    path = recorded(tmp_path, container, frames)
    assert count_decoded(path) == {"video": 60, "audio": 89}
    if fmt is Format.VP8:
        # WebM takes VP8 frames as they are; MP4 stores lengths where Annex B has start codes.
        assert all(frame.data in path.read_bytes() for port, frame in frames if port == "video")


@pytest.mark.slow
@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
def test_a_file_cut_at_any_byte_plays_up_to_there(tmp_path: Path, container: str, fmt: Format) -> None:
    frames = in_order(video=encode_video(fmt, 180), audio=encode_audio(300))
    whole = recorded(tmp_path, container, frames).read_bytes()
    cut = tmp_path / f"cut.{container}"
    before = {"video": 0, "audio": 0}
    for twelfth in range(2, 12):
        cut.write_bytes(whole[: len(whole) * twelfth // 12 - 7])
        counts = count_decoded(cut)
        share = twelfth / 12
        # A fragment is half a second, and its sound lies behind its pictures.
        assert counts["video"] >= 180 * share - 25, twelfth
        assert counts["audio"] >= 300 * share - 45, twelfth
        assert counts["video"] >= before["video"]
        before = counts


@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
@pytest.mark.parametrize("silent", ["video", "audio"])
def test_a_kill_loses_at_most_a_second_even_if_one_track_has_stopped(
    tmp_path: Path, container: str, fmt: Format, silent: str
) -> None:
    frames = in_order(video=encode_video(fmt, 150), audio=encode_audio(250))
    destination = Appended()
    limit = START + 2_000_000_000
    # Never closed: this is what a kill leaves.
    part = write_part(container, [one for one in frames if one[0] != silent or one[1].pts < limit], destination)
    path = tmp_path / f"killed.{container}"
    path.write_bytes(destination.data)
    found = probe(path)
    going = "audio" if silent == "video" else "video"
    assert found[going]["end"] >= 4.0
    part.close()


@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
def test_a_pause_of_the_source_stays_in_the_file(tmp_path: Path, container: str, fmt: Format) -> None:
    pause = 7_000_000_000
    video = encode_video(fmt, 30) + encode_video(fmt, 30, start=START + 30 * FRAME + pause)
    audio = encode_audio(50) + encode_audio(50, start=START + 50 * BLOCK + pause)
    found = probe(recorded(tmp_path, container, in_order(video=video, audio=audio)))
    times = found["video"]["times"]
    assert times[30] - times[29] == pytest.approx(7 + 1 / 30, abs=0.002)
    wanted = [(frame.pts - START) / 1e9 for frame in audio if frame.pts >= START]
    assert found["audio"]["times"] == pytest.approx(wanted, abs=0.001)


@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
def test_time_never_runs_backwards_in_a_file(tmp_path: Path, container: str, fmt: Format) -> None:
    video = encode_video(fmt, 30)
    for index in (10, 11, 12):
        video[index].pts = video[9].pts - index
    found = probe(recorded(tmp_path, container, [("video", frame) for frame in video]))
    times = found["video"]["decode_times"]
    assert len(times) == 30
    assert all(later >= earlier for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize(("container", "fmt"), CONTAINERS)
def test_sound_from_before_the_first_picture_is_left_out(tmp_path: Path, container: str, fmt: Format) -> None:
    video, audio = encode_video(fmt, 60, start=START + 500_000_000), encode_audio(100)
    found = probe(recorded(tmp_path, container, in_order(video=video, audio=audio)))
    assert found["video"]["times"][0] == 0
    assert 0 <= found["audio"]["times"][0] < 0.02
    assert found["audio"]["end"] == pytest.approx(1.5, abs=0.03)


def test_sound_alone_makes_a_file_too(tmp_path: Path) -> None:
    frames: list[tuple[str, EncodedFrame]] = [("audio", frame) for frame in encode_audio(100, channels=1)]
    path = recorded(tmp_path, "mp4", frames)
    found = probe(path)
    assert "video" not in found
    assert found["audio"]["channels"] == 1
    assert count_decoded(path)["audio"] == 100
