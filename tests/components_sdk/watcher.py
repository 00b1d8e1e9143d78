"""Watches in headless Chromium: a WHEP player whose page tells what it saw, and when."""

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"]
PAGE = "watcher.html"


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves this folder and writes no log."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def open_watcher() -> Iterator[Page]:
    """A page in a new browser with the functions of `watcher.html`; another origin than the address it watches."""
    handler = functools.partial(_QuietHandler, directory=str(Path(__file__).parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        thread = threading.Thread(target=server.serve_forever, name="watcher page", daemon=True)
        thread.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/{PAGE}")
            yield page
        finally:
            browser.close()
            server.shutdown()
            thread.join(5)
