from collections.abc import Sequence

import numpy as np
import pytest

from components.sdk.frames import Frame, VideoFrame
from components.sdk.testing import Harness, run_component
from components.sdk.testing_wires import wait_until
from components.transforms.grayscale.component import Grayscale, make_table


def colourful(pts: int = 0) -> VideoFrame:
    frame = VideoFrame.blank(64, 48, pts)
    frame.data[:] = np.random.default_rng(7).integers(16, 240, frame.data.shape)
    return frame


def only(frames: Sequence[Frame]) -> VideoFrame:
    [frame] = frames
    assert isinstance(frame, VideoFrame)
    return frame


def test_full_strength_leaves_brightness_alone_and_no_colour() -> None:
    frame = only(run_component(Grayscale, inputs={"video": [colourful()]}).outputs["video"])
    assert (frame.y == colourful().y).all()
    assert (frame.u == 128).all()
    assert (frame.v == 128).all()


def test_no_strength_leaves_the_picture_as_it_is() -> None:
    result = run_component(Grayscale, parameters={"strength": 0.0}, inputs={"video": [colourful()]})
    assert (only(result.outputs["video"]).data == colourful().data).all()


def test_half_strength_goes_half_the_way() -> None:
    result = run_component(Grayscale, parameters={"strength": 0.5}, inputs={"video": [colourful()]})
    frame = only(result.outputs["video"])
    wanted = 128 + (colourful().u.astype(float) - 128) / 2
    assert np.abs(frame.u - wanted).max() <= 0.5
    assert (frame.y == colourful().y).all()


@pytest.mark.parametrize("strength", [0.0, 0.25, 0.9, 1.0])
def test_grey_stays_grey_at_any_strength(strength: float) -> None:
    table = make_table(strength)
    assert table[128] == 128
    assert table[0] <= 128 <= table[255]


def test_strength_changes_while_it_runs_and_a_bad_one_changes_nothing() -> None:
    def filter_one(number: int) -> VideoFrame:
        harness.feed("video", [colourful(number)])
        wait_until(lambda: len(harness.collected["video"]) == number, "the picture comes out")
        return only(harness.collected["video"][number - 1 :])

    with Harness(Grayscale, parameters={"strength": 0.0}, inputs=["video"]) as harness:
        assert not (filter_one(1).u == 128).all()
        assert harness.configure(strength=1.0).refused is None
        assert (filter_one(2).u == 128).all()
        refused = harness.configure(strength=2.0).refused
        assert refused
        assert "0 to 1" in refused["reason"]
        assert (filter_one(3).u == 128).all()
