from components.sdk.frames import VideoFrame
from components.sdk.testing import run_component
from components.template.component import Template


def test_it_brightens_the_picture() -> None:
    black = VideoFrame.blank(64, 48, pts=0)

    result = run_component(Template, parameters={"brightness": 100}, inputs={"video": [black]})

    [frame] = result.outputs["video"]
    assert isinstance(frame, VideoFrame)
    assert (frame.width, frame.height) == (64, 48)
    assert (frame.y == 116).all()


def test_what_leaves_the_range_stays_at_its_end() -> None:
    black = VideoFrame.blank(64, 48, pts=0)

    result = run_component(Template, parameters={"brightness": -255}, inputs={"video": [black]})

    [frame] = result.outputs["video"]
    assert isinstance(frame, VideoFrame)
    assert (frame.y == 0).all()
