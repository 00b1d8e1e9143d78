"""The picture that a page plays: whether it moves, and what can be told of its pixels."""

from playwright.sync_api import Locator, Page

from tests.journeys.terminal import wait_for

# Coarse enough that an encoder's noise does not show, fine enough for letters of 36 px.
_COLUMNS, _ROWS = 64, 36
_LIT = 200

_COUNT = """(video) => {
    if (video.counted === undefined) {
        video.counted = 0;
        const count = () => { video.counted += 1; video.requestVideoFrameCallback(count); };
        video.requestVideoFrameCallback(count);
    }
    return video.counted;
}"""

_LOOK = """(video, [columns, rows]) => {
    const canvas = new OffscreenCanvas(columns * 8, rows * 8);
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
    const cells = new Array(columns * rows).fill(0);
    for (let at = 0; at < data.length; at += 4) {
        const x = (at / 4) % canvas.width, y = Math.floor(at / 4 / canvas.width);
        const least = Math.min(data[at], data[at + 1], data[at + 2]);
        const cell = Math.floor(y / 8) * columns + Math.floor(x / 8);
        cells[cell] = Math.max(cells[cell], least);
    }
    return cells;
}"""

Cells = frozenset[tuple[int, int]]


def player(page: Page, node: str) -> Locator:
    """The video of a node's player."""
    return page.get_by_role("region", name=f"Player of {node}").locator("video")


def wait_for_pictures(video: Locator, count: int = 10, seconds: float = 30) -> None:
    """Return once so many more pictures have been shown than when this was called."""
    before = int(video.evaluate(_COUNT))
    wait_for(lambda: int(video.evaluate(_COUNT)) >= before + count, f"{count} more pictures", seconds)


def lit(video: Locator, *, above: float = 1.0) -> Cells:
    """Where the picture is white, as (column, row) of a grid 64 wide and 36 high.

    Args:
        video: plays.
        above: only rows in this upper share of the picture.
    """
    cells = video.evaluate(_LOOK, [_COLUMNS, _ROWS])
    found = ((index % _COLUMNS, index // _COLUMNS) for index, least in enumerate(cells) if least > _LIT)
    return frozenset(cell for cell in found if cell[1] < above * _ROWS)
