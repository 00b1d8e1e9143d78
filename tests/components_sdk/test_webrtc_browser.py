"""What Chromium makes of the gateway: first pictures, sound in step, viewers that come and go."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from components.contract.media_types import Format
from components.gateways.whep_out.component import WhepOut
from components.gateways.whep_out.tests.live_feed import LiveFeed
from components.sdk.testing import Harness
from tests.components_sdk.watcher import open_watcher

pytestmark = [pytest.mark.slow, pytest.mark.browser]
_PORTS = ("video", "audio")
_PATIENCE = 45.0
"""A browser takes its time to bring sound and pictures together, the more the busier the machine is."""
_IN_STEP_MS = 40


def _until(look: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {_PATIENCE:g} s: {what}")
        time.sleep(0.1)


def _watch(page: Page, harness: Harness, *, codec: str = "") -> tuple[int, str]:
    """A new player in the page, playing; returns its number and session."""
    offer = page.evaluate("(wish) => makeOffer(wish)", {"codec": codec, "audio": True})
    reply = harness.request("whep-offer", {"sdp": offer["sdp"]})
    assert reply.status == 201, reply.body
    page.evaluate("(answer) => accept(answer)", {"number": offer["number"], "sdp": reply.body["sdp"]})
    return offer["number"], reply.body["session"]


def _describe(page: Page, number: int) -> dict[str, Any]:
    return dict(page.evaluate("(number) => describe(number)", number))


@pytest.mark.parametrize("fmt", [Format.H264, Format.VP8])
def test_two_players_play_and_one_goes(fmt: Format) -> None:
    with (
        Harness(WhepOut, inputs=_PORTS) as harness,
        LiveFeed(harness, video=fmt, keyframe_every=0).running(),
        open_watcher() as page,
    ):
        first, session = _watch(page, harness)
        second, _ = _watch(page, harness)
        _until(lambda: harness.reports[-1].reason == "2 viewers", "both watch")
        # The flash comes and goes: what is shown is what is fed, and it moves.
        _until(lambda: page.evaluate("(number) => brightness(number)", first) > 180, "a flash")
        _until(lambda: page.evaluate("(number) => brightness(number)", first) < 90, "no flash")
        assert harness.request("whep-delete", {"session": session}).status == 200
        _until(lambda: harness.reports[-1].reason == "1 viewer", "one has left")
        before = _describe(page, second)["frames"]
        _until(lambda: _describe(page, second)["frames"] > before + 25, "the other goes on")
        described = _describe(page, second)
        assert (described["width"], described["height"]) == (320, 240)
        assert described["video"]["decoded"] > 25
        page.evaluate("(number) => leave(number)", second)
        _until(lambda: harness.reports[-1].reason == "no viewers", "a page that closes is noticed at once")
        assert harness.reports[-1].measures["frames_decoded"] == 0


def test_the_player_plays_sound_and_pictures_in_step() -> None:
    with (
        Harness(WhepOut, inputs=_PORTS) as harness,
        LiveFeed(harness, video_delay_ns=60_000_000).running(),
        open_watcher() as page,
    ):
        number, _ = _watch(page, harness)

        def offset() -> float | None:
            """How much later pictures are played than sound, by the player's own estimate, in ms."""
            described = _describe(page, number)
            video, audio = (described.get(kind, {}).get("playout") for kind in ("video", "audio"))
            return float(audio - video) if video and audio else None

        _until(lambda: offset() is not None, "the player knows how the two belong together")
        _until(lambda: abs(offset() or 0) < _IN_STEP_MS, "sound and pictures are in step")


def test_a_player_that_takes_only_another_codec_is_told_what_is_carried() -> None:
    with Harness(WhepOut, inputs=_PORTS) as harness, LiveFeed(harness).running(), open_watcher() as page:
        offer = page.evaluate("(wish) => makeOffer(wish)", {"codec": "vp8", "audio": True})
        reply = harness.request("whep-offer", {"sdp": offer["sdp"]})
        assert reply.status == 406
        assert "H.264" in reply.body["title"]
