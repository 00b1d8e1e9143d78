"""A browser's camera and microphone through a gateway, two transforms and a recorder."""

import time

import pytest

from tests.journeys import recording
from tests.journeys.publisher import open_publisher, publish, unpublish
from tests.journeys.terminal import Terminal

pytestmark = [pytest.mark.journey, pytest.mark.browser]


def test_a_browser_publishes_and_both_tracks_are_recorded(terminal: Terminal) -> None:
    running = terminal.start("webcam", seconds=14)
    running.wait_until_ready()
    address = running.wait_for_text("WHIP address").split()[-1]
    token = running.wait_for_text("bearer token").split()[-1]
    with open_publisher() as page:
        publish(page, address, token, width=640, height=480)
        before = time.monotonic()
        page.wait_for_timeout(6000)
        assert unpublish(page) == 200
        published = time.monotonic() - before
    report = running.succeed()

    [file] = report["files"]
    tracks = recording.tracks(file["path"])
    assert {kind: track.codec for kind, track in tracks.items()} == {"video": "h264", "audio": "opus"}
    assert abs(tracks["video"].duration - published) < 1.0
    assert abs(tracks["audio"].duration - published) < 1.0
    assert report["nodes"]["camera"]["measures"]["frames_decoded"] == 0
    frames = recording.pictures(file["path"])
    assert len(frames) > 60
    # Chromium's fake camera shows a moving figure: neighbours differ.
    changes = sum(abs(one[1].astype(int) - two[1]).max() > 40 for one, two in zip(frames, frames[5:], strict=False))
    assert changes > len(frames) / 2
