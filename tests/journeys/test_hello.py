"""The main job: a pipeline file becomes instances with live media between them, and a file at the end."""

import pytest

from tests.journeys import recording
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.journey


def test_hello_records_picture_and_sound_in_step(terminal: Terminal) -> None:
    report = terminal.start("hello", seconds=8).succeed()

    [file] = report["files"]
    path = file["path"]
    tracks = recording.tracks(path)
    assert {kind: track.codec for kind, track in tracks.items()} == {"video": "h264", "audio": "opus"}
    assert abs(tracks["video"].duration - 8) < 1.5
    assert abs(tracks["audio"].duration - tracks["video"].duration) < 0.5
    assert recording.decoded_frames(path) == tracks["video"].packets
    offsets = recording.lip_sync(path)
    assert len(offsets) >= 6
    assert max(abs(offset) for offset in offsets) <= 0.040, offsets
    assert sum(wire["lost"] for wire in report["wires"].values()) == 0
    assert all(node["restarts"] == 0 for node in report["nodes"].values())
    assert file["complete"]


def test_the_clock_in_the_recorded_picture_moves_as_time_does(terminal: Terminal) -> None:
    report = terminal.start("hello", seconds=3).succeed()

    clocks = recording.clocks(report["files"][0]["path"])
    assert len(clocks) >= 75
    first_time, first_clock = clocks[0]
    drift = [abs((time - first_time) * 1000 - (clock - first_clock)) for time, clock in clocks]
    assert max(drift) <= 2
    assert len({clock for _time, clock in clocks}) == len(clocks)


def test_a_pipeline_with_problems_says_all_of_them_and_starts_nothing(terminal: Terminal) -> None:
    broken = terminal.folder / "broken.yaml"
    broken.write_text(
        "api_version: 1\nname: broken\nnodes:\n"
        "  camera: {component: test_sauce@1.0.0}\n"
        "  caption: {component: overlay@1.0.0, parameters: {opacity: 7}}\n"
        "wires:\n  - camera.video -> caption.video\n"
    )
    running = terminal.start(broken, seconds=1)

    assert running.wait() == 2
    assert "test_source" in running.text
    assert "opacity" in running.text


def test_a_node_that_cannot_work_fails_the_run_with_its_reason(terminal: Terminal) -> None:
    refused = terminal.folder / "refused.yaml"
    refused.write_text(
        "api_version: 1\nname: refused\nnodes:\n"
        "  camera: {component: test_source@1.0.0}\n"
        "  caption: {component: overlay@1.0.0, parameters: {image: 'data:image/png;base64,AAAA'}}\n"
        "  file: {component: recorder@1.0.0}\n"
        "wires:\n  - camera.video -> caption.video\n  - caption.video -> file.video\n"
    )
    running = terminal.start(refused, seconds=2)

    assert running.wait() == 1
    assert "caption" in running.text
    assert "image" in running.text.rpartition("reason:")[2]
