import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from components.sdk.frames import VideoFrame
from components.sdk.testing import Harness
from components.sdk.testing_wires import wait_until
from components.transforms.overlay.component import Overlay

GREY = 100
SECOND = 1_000_000_000


def grey(pts: int = 0, width: int = 320, height: int = 240) -> VideoFrame:
    frame = VideoFrame.blank(width, height, pts)
    frame.y[:] = GREY
    return frame


def encode_image(colour: tuple[int, int, int, int], size: tuple[int, int] = (20, 10), kind: str = "PNG") -> str:
    data = io.BytesIO()
    Image.new("RGBA", size, colour).save(data, kind)
    return base64.b64encode(data.getvalue()).decode()


def draw(frames: list[VideoFrame], **parameters: Any) -> list[VideoFrame]:
    with Harness(Overlay, parameters=parameters, inputs=["video"]) as harness:
        return [draw_one(harness, frame) for frame in frames]


def draw_one(harness: Harness, frame: VideoFrame) -> VideoFrame:
    """One picture through the component; what comes out of it must have come before anything else is asked of it."""
    came = len(harness.collected["video"])
    harness.feed("video", [frame])
    wait_until(lambda: len(harness.collected["video"]) > came, "the picture comes out")
    drawn = harness.collected["video"][came]
    assert isinstance(drawn, VideoFrame)
    return drawn


def find_box(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is no longer grey."""
    rows, columns = np.nonzero(frame.y != GREY)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_with_nothing_to_draw_the_picture_passes_as_it_is() -> None:
    [frame] = draw([grey()])
    assert (frame.data == grey().data).all()


def test_text_is_drawn_in_its_corner_and_nowhere_else() -> None:
    [frame] = draw([grey()], text="Hello", font_size=24, margin=10)
    left, top, right, bottom = find_box(frame)
    assert 10 <= left < 20
    assert 10 <= top < 20
    assert right < 150
    assert bottom < 60
    assert frame.y.max() > 220
    assert frame.y.min() < 40


@pytest.mark.parametrize(
    ("position", "left", "top"),
    [
        ("top-left", 8, 8),
        ("top", 150, 8),
        ("top-right", 292, 8),
        ("left", 8, 114),
        ("centre", 150, 114),
        ("right", 292, 114),
        ("bottom-left", 8, 222),
        ("bottom", 150, 222),
        ("bottom-right", 292, 222),
    ],
)
def test_there_are_nine_positions(position: str, left: int, top: int) -> None:
    [frame] = draw([grey()], image=encode_image((255, 255, 255, 255)), position=position, margin=8)
    assert find_box(frame) == (left, top, left + 19, top + 9)


@pytest.mark.parametrize(
    ("colour", "yuv"), [("#ff0000", (82, 90, 240)), ("#00ff00", (144, 54, 34)), ("#ffffff", (235, 128, 128))]
)
def test_an_image_has_its_colours(colour: str, yuv: tuple[int, int, int]) -> None:
    pixel = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:], 16), 255)
    [frame] = draw([grey()], image=f"data:image/png;base64,{encode_image(pixel)}", margin=8)
    seen = frame.y[12, 12], frame.u[6, 6], frame.v[6, 6]
    assert np.abs(np.array(seen, int) - yuv).max() <= 2


@pytest.mark.parametrize(("alpha", "opacity"), [(128, 1.0), (255, 0.5)])
def test_transparency_mixes_with_the_picture(alpha: int, opacity: float) -> None:
    [frame] = draw([grey()], image=encode_image((255, 255, 255, alpha)), opacity=opacity, margin=8)
    assert abs(int(frame.y[12, 12]) - (GREY + 235) / 2) <= 1
    assert frame.u[6, 6] == 128


def test_no_opacity_draws_nothing() -> None:
    [frame] = draw([grey()], text="Hello", image=encode_image((255, 0, 0, 255)), opacity=0.0)
    assert (frame.data == grey().data).all()


def test_elapsed_time_follows_the_time_stamps() -> None:
    stamps = [0, SECOND // 2, SECOND, 3 * SECOND // 2, 60 * SECOND]
    pictures = [frame.data.tobytes() for frame in draw([grey(pts) for pts in stamps], clock="elapsed", font_size=24)]
    assert pictures[0] == pictures[1] != pictures[2] == pictures[3] != pictures[4]


def test_the_time_of_day_is_drawn_too() -> None:
    [frame] = draw([grey()], clock="time")
    assert find_box(frame)[3] > 24


def test_what_does_not_fit_is_cut_off() -> None:
    large = encode_image((255, 255, 255, 255), size=(400, 300))
    for position in ("top-left", "centre", "bottom-right"):
        [frame] = draw([grey()], image=large, position=position, margin=0, text="W" * 200, font_size=200)
        assert (frame.width, frame.height) == (320, 240)
        assert frame.y.max() >= 234


def test_a_picture_of_another_size_is_drawn_on_anew() -> None:
    small, large = draw([grey(0), grey(1, 640, 480)], image=encode_image((255, 255, 255, 255)), position="bottom-right")
    assert find_box(small)[2:] == (295, 215)
    assert find_box(large)[2:] == (615, 455)


def test_odd_images_leave_no_edge() -> None:
    [frame] = draw([grey()], image=encode_image((255, 0, 0, 255), size=(15, 7)), margin=8)
    assert find_box(frame) == (8, 8, 22, 14)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"image": "%%%"}, "base64"),
        ({"image": base64.b64encode(b"no image at all").decode()}, "give a PNG"),
        ({"image": encode_image((1, 2, 3, 4))[:-40]}, "image"),
        ({"image": encode_image((0, 0, 0, 0), size=(3000, 2000))}, "too large"),
        ({"image": encode_image((0, 0, 0, 0), kind="TIFF")}, "give a PNG"),
        ({"colour": "reddish"}, "#ffffff"),
        ({"position": "outside"}, "top-left"),
        ({"opacity": 3}, "0 to 1"),
    ],
)
def test_a_bad_value_is_refused_with_a_remedy_and_the_old_picture_stays(parameters: dict[str, Any], says: str) -> None:
    with Harness(Overlay, parameters={"text": "Stays"}, inputs=["video"]) as harness:
        before = draw_one(harness, grey(1))
        refused = harness.configure(**parameters).refused
        assert refused
        assert says in refused["reason"]
        after = draw_one(harness, grey(1))
    assert (before.data == after.data).all()
    assert (before.data != grey().data).any()


def test_a_change_shows_in_the_next_picture() -> None:
    with Harness(Overlay, inputs=["video"]) as harness:
        before = draw_one(harness, grey(1))
        assert harness.configure(text="Now").refused is None
        after = draw_one(harness, grey(2))
    assert (before.data == grey().data).all()
    assert (after.data != grey().data).any()
