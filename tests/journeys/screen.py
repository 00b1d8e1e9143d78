"""The picture that a page plays: whether it moves, and what an overlay has drawn into its upper left corner."""

import base64

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

from tests.journeys.terminal import wait_for

WIDTH, HEIGHT = 600, 160
"""The corner that is looked at, in the picture's own pixels: there a caption keeps its size when the picture grows."""
_WHITE, _DARK = 200, 90

_COUNT = """(video) => {
    if (video.counted === undefined) {
        video.counted = 0;
        const count = () => { video.counted += 1; video.requestVideoFrameCallback(count); };
        video.requestVideoFrameCallback(count);
    }
    return video.counted;
}"""

_LOOK = """(video, [width, height]) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const {data} = context.getImageData(0, 0, width, height);
    let text = "";
    for (let at = 0; at < data.length; at += 4) {
        text += String.fromCharCode(Math.min(data[at], data[at + 1], data[at + 2]));
    }
    return btoa(text);
}"""

Corner = NDArray[np.uint8]


def player(page: Page, node: str) -> Locator:
    """The video of a node's player."""
    return page.get_by_role("region", name=f"Player of {node}").locator("video")


def wait_for_pictures(video: Locator, count: int = 10, seconds: float = 30) -> None:
    """Return once so many more pictures have been shown than when this was called."""
    before = int(video.evaluate(_COUNT))
    wait_for(lambda: int(video.evaluate(_COUNT)) >= before + count, f"{count} more pictures", seconds)


def look_at_corner(video: Locator) -> Corner:
    """How white each pixel of the upper left corner is, (`HEIGHT`, `WIDTH`): colours count as dark."""
    data = base64.b64decode(video.evaluate(_LOOK, [WIDTH, HEIGHT]))
    return np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH)


def changed_pixels(before: Corner, after: Corner) -> int:
    """How many pixels went from dark to white or back; what an encoder blurs does neither."""
    lit = (before < _DARK) & (after > _WHITE)
    put_out = (before > _WHITE) & (after < _DARK)
    return int(np.count_nonzero(lit | put_out))


def white_width(corner: Corner) -> int:
    """Where the white of a corner ends on the right, in pixels; 0 where there is none."""
    columns = np.flatnonzero((corner > _WHITE).any(axis=0))
    return int(columns[-1]) + 1 if len(columns) else 0
