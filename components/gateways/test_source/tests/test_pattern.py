from typing import Any

import av
import numpy as np
import pytest

from components.contract.media_types import Format
from components.gateways.test_source.clock_code import ClockCode, read_clock
from components.gateways.test_source.pattern import Pattern, read_flash
from components.sdk.decoders import VideoDecoder
from components.sdk.encoders import VideoEncoder
from components.sdk.frames import VideoFrame

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
SIZES = [(64, 64), (160, 120), (320, 180), (640, 360), (854, 480), (1280, 720), (1920, 1080), (1080, 1088)]


def paint(elapsed: int, *, width: int = 320, height: int = 180, number: int = 0, **options: Any) -> VideoFrame:
    settings = {"background": "bars", "clock": True, "flash": True, **options}
    frame = VideoFrame.blank(width, height, elapsed)
    frame.data[:] = 77  # What an earlier frame left in the memory must not show through.
    Pattern(width, height, **settings).paint(frame, elapsed=elapsed, number=number)
    return frame


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("milliseconds", [0, 1, 999, 3_599_999, 2**32 - 1])
def test_the_clock_can_be_read_at_any_size(width: int, height: int, milliseconds: int) -> None:
    assert read_clock(paint(milliseconds * MILLISECOND, width=width, height=height).y) == milliseconds


def test_a_picture_without_a_clock_has_none() -> None:
    assert read_clock(paint(SECOND, clock=False).y) is None
    assert read_clock(VideoFrame.blank(320, 180, 0).y) is None
    noise = np.random.default_rng(1).integers(0, 256, (180, 320), np.uint8)
    assert read_clock(noise) is None


def test_a_block_read_wrong_is_noticed() -> None:
    frame = paint(5 * SECOND)
    top = ClockCode(320, 180).top
    frame.y[top:, :16] = 255 - frame.y[top:, :16]
    assert read_clock(frame.y) is None


@pytest.mark.parametrize("fmt", [Format.H264, Format.VP8])
@pytest.mark.parametrize("background", ["bars", "gradient", "ball"])
def test_the_clock_and_the_flash_survive_a_starved_encoder(
    fmt: Format, background: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.sdk.encoders._BITS_PER_PIXEL", 0.01)
    encoder, decoder = VideoEncoder(fmt), VideoDecoder(fmt)
    pattern = Pattern(640, 360, background=background, clock=True, flash=True)
    for number in range(45):
        elapsed = number * SECOND // 30
        frame = VideoFrame.blank(640, 360, elapsed, SECOND // 30)
        pattern.paint(frame, elapsed=elapsed, number=number)
        for unit in encoder.encode(frame):
            for picture in decoder.decode(unit.data, unit.pts, unit.duration):
                seen = picture.as_frame()
                assert read_clock(seen.y) == picture.pts // MILLISECOND
                assert read_flash(seen.y) == (picture.pts % SECOND < SECOND // 10)


@pytest.mark.parametrize(
    ("elapsed", "lit"),
    [(0, True), (99_999_999, True), (100_000_000, False), (999_999_999, False), (SECOND, True), (7 * SECOND, True)],
)
def test_each_whole_second_is_marked_for_100_ms(elapsed: int, lit: bool) -> None:
    for background in ("bars", "gradient", "ball"):
        assert read_flash(paint(elapsed, background=background).y) is lit


def test_there_is_no_flash_where_none_is_wanted() -> None:
    dark = paint(500 * MILLISECOND, flash=False, clock=False)
    light = paint(SECOND, flash=False, clock=False)
    assert (dark.data == light.data).all()


def test_the_figures_run() -> None:
    pictures = {paint(elapsed, number=1).data.tobytes() for elapsed in range(0, 10 * MILLISECOND, MILLISECOND)}
    assert len(pictures) == 10
    counted = {paint(0, number=number).data.tobytes() for number in range(10)}
    assert len(counted) == 10


def test_bars_stand_still_and_the_others_move() -> None:
    for background, moves in (("bars", False), ("gradient", True), ("ball", True)):
        early, late = (
            paint(elapsed, background=background, clock=False, flash=False) for elapsed in (0, 300 * MILLISECOND)
        )
        assert (early.data != late.data).any() == moves


def test_the_first_bar_is_grey_and_the_last_is_blue() -> None:
    picture = av.VideoFrame.from_numpy_buffer(paint(0).data.reshape(-1, 320), format="yuv420p")
    colours = picture.to_ndarray(format="rgb24")
    assert np.abs(colours[5, 5].astype(int) - [191, 191, 191]).max() <= 4
    assert np.abs(colours[5, 315].astype(int) - [0, 0, 191]).max() <= 4


def test_the_ball_stays_inside() -> None:
    for elapsed in range(0, 20 * SECOND, 111 * MILLISECOND):
        ball = paint(elapsed, background="ball", clock=False, flash=False)
        bright = ball.y > 120
        assert bright.sum() > 500
