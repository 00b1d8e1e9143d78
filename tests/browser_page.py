"""A page of ours in a new headless Chromium, served by a server of its own: another origin than what it talks to."""

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and writes no log."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def open_page(path: Path, *arguments: str) -> Iterator[Page]:
    """The page at a path, whose folder is served, in a browser with these arguments besides the usual ones."""
    handler = functools.partial(_QuietHandler, directory=str(path.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        thread = threading.Thread(target=server.serve_forever, name=f"serves {path.name}", daemon=True)
        thread.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments])
        try:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/{path.name}")
            yield page
        finally:
            browser.close()
            server.shutdown()
            thread.join(5)
