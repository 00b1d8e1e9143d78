"""Publishes headless Chromium's fake camera and microphone to a WHIP address."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.browser_page import FAKE_CAMERA, open_page


@contextlib.contextmanager
def open_publisher() -> Iterator[Page]:
    """A page in a new browser that can `publish`; another origin than the WHIP address, as in life."""
    with open_page(Path(__file__).with_name("publisher.html"), *FAKE_CAMERA) as opened:
        yield opened


def publish(
    page: Page,
    whip_url: str,
    token: str = "",
    *,
    codec: str = "",
    width: int = 640,
    height: int = 480,
    frame_rate: int = 30,
    audio: bool = True,
    max_bitrate: int = 0,
) -> str:
    """Publish from a page of `open_publisher` until it is connected; returns the address of the session.

    Args:
        page: see above.
        whip_url: where to send the offer.
        token: bearer token; none is sent where empty.
        codec: "h264" or "vp8" to offer that alone.
        width, height, frame_rate: asked of the fake camera.
        audio: whether the fake microphone (a beep a second) is published too.
        max_bitrate: bits a second of video, 0 for the browser's own judgement.

    Raises:
        playwright.sync_api.Error: the address refused the offer; the text holds status and body.
        ConnectionError: the answer came, and no connection after it.
    """
    wish = {
        "url": whip_url,
        "token": token,
        "codec": codec,
        "width": width,
        "height": height,
        "frameRate": frame_rate,
        "audio": audio,
        "maxBitrate": max_bitrate,
    }
    session = str(page.evaluate("(wish) => publish(wish)", wish))
    state = page.evaluate("() => settled()")
    if state != "connected":
        raise ConnectionError(f"the browser's connection is {state}")
    return session


def unpublish(page: Page) -> int:
    """End the session; returns the status of the DELETE."""
    return int(page.evaluate("() => unpublish()"))
