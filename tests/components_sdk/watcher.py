"""Watches in headless Chromium: a WHEP player whose page tells what it saw, and when."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.browser_page import open_page


@contextlib.contextmanager
def open_watcher() -> Iterator[Page]:
    """A page in a new browser with the functions of `watcher.html`; another origin than the address it watches."""
    page = Path(__file__).with_name("watcher.html")
    with open_page(page, "--autoplay-policy=no-user-gesture-required") as opened:
        yield opened
