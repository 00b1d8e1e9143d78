"""From the POST of a WHEP offer on a running pipeline until Chromium shows its first picture, beside plain aiortc."""

import asyncio
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.bars import Bar, percentile
from tests.bench.plain_aiortc import serve_plain_aiortc
from tests.components_sdk.watcher import open_watcher
from tests.journeys.terminal import open_terminal

ROUNDS = 15
PAUSE_MS = 1200
"""Between rounds, so that each first viewer may ask for a keyframe; the second of a round may not."""
SECONDS = 300.0
WIDTH, HEIGHT, FRAME_RATE = 1280, 720, 30


def _watch(page: Page, url: str, token: str = "") -> tuple[int, float]:
    """Watch; returns the player's number and the seconds from the POST to the first picture."""
    seen = page.evaluate("(wish) => watch(wish)", {"url": url, "token": token, "codec": "", "audio": True})
    return seen["number"], seen["pictured"] / 1000


def measure() -> Bar:
    first: list[float] = []
    second: list[float] = []
    plain: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_terminal(Path(folder), "docker") as terminal,
        serve_plain_aiortc(WIDTH, HEIGHT, FRAME_RATE) as (plain_url, sessions),
        open_watcher() as page,
    ):
        running = terminal.start("watch", seconds=SECONDS)
        running.wait_until_ready()
        url = running.wait_for_text("WHEP address").split()[-1]
        token = running.wait_for_text("bearer token").split()[-1]
        for number in range(ROUNDS + 1):
            page.wait_for_timeout(PAUSE_MS)
            one, one_seconds = _watch(page, url, token)
            two, two_seconds = _watch(page, url, token)
            for player in (one, two):
                if page.evaluate("(number) => leave(number)", player) != 200:
                    raise RuntimeError("the session had ended before its DELETE")
            page.wait_for_timeout(PAUSE_MS)
            third, plain_seconds = _watch(page, plain_url)
            page.evaluate("(number) => leave(number)", third)
            asyncio.run_coroutine_threadsafe(sessions.close(), sessions.loop).result(10)
            if number:  # The first round warms up the browser's decoder, for all three.
                first.append(one_seconds)
                second.append(two_seconds)
                plain.append(plain_seconds)
        running.end()
    both = first + second
    return Bar(
        name="whep-picture",
        value=percentile(both, 0.5),
        unit="s, p50",
        bar=0.4,
        compared_with="the same Chromium and page on plain aiortc with a track of its own, H.264 of the same size",
        compared_value=percentile(plain, 0.5),
        note=(
            f"{ROUNDS} rounds of two viewers within a second, 720p30 from a source through an overlay, in containers; "
            f"p95 {percentile(both, 0.95):.2f} s, second viewers p50 {percentile(second, 0.5):.2f} s"
        ),
    )
