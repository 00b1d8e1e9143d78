"""One source, four branches: one encoder, nothing decoded."""

import pytest

from tests.journeys import recording
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey


def test_fan_out_encodes_once_for_four_branches_and_its_recorders_decode_nothing(terminal: Terminal) -> None:
    report = terminal.start("fan-out", seconds=5).succeed()

    # One encoder of pictures and one of sound, each for four wires.
    assert report["nodes"]["camera"]["measures"]["encoders_started"] == 2
    recorders = ("first", "second", "third", "fourth")
    assert [report["nodes"][name]["measures"]["frames_decoded"] for name in recorders] == [0, 0, 0, 0]
    assert {wire["format"] for name, wire in report["wires"].items() if ".video" in name} == {"h264"}
    assert sorted(file["name"] for file in report["files"]) == sorted(f"{name}.mp4" for name in recorders)
    for file in report["files"]:
        tracks = recording.tracks(file["path"])
        assert abs(tracks["video"].duration - 5) < 1.5
        assert set(tracks) == {"video", "audio"}
