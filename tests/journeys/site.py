"""The whole site as a person starts it, and a browser in front of it."""

import contextlib
import email.policy
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.browser_page import ARGUMENTS, CHROMIUM, FAKE_CAMERA
from tests.journeys.terminal import ROOT, Running, Terminal, open_terminal, wait_for

_PICTURE_TRIES = 3
PICTURES = ROOT / "out" / "pictures"
"""Screenshots of every journey lie here, to be looked at."""


class Site:
    """`manage.py up` or `demo` in an installation of its own."""

    def __init__(self, terminal: Terminal, running: Running, address: str) -> None:
        self.terminal = terminal
        self.running = running
        self.address = address

    def link(self, *, email: str = "") -> str:
        """A link that signs somebody in once; the owner of the home team where nobody is named."""
        words = ["sign_in_link", *([email] if email else []), "--site", self.address]
        done = self.terminal.manage(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def newest_mail(self, *, to: str, about: str = "") -> str:
        """The newest mail to somebody, whose subject has these words; without a mail server each becomes a file."""
        return wait_for(lambda: self._find_mail(to, about), f"a mail to {to} about {about or 'anything'}", 20)

    def _find_mail(self, to: str, about: str) -> str:
        folder = Path(self.terminal.environment["FACTORY_STATE"]) / "mail"
        for path in sorted(folder.glob("*.log"), key=lambda one: one.stat().st_mtime_ns, reverse=True):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if mail["To"] == to and about in mail["Subject"]:
                return str(mail.get_content())
        return ""


def code_in(mail: str) -> str:
    """The code to type in that a mail brings."""
    found = re.search(r"^\s*([A-Z]{4}-[A-Z]{4})\s*$", mail, re.MULTILINE)
    assert found is not None, mail
    return found[1]


@contextlib.contextmanager
def open_site(folder: Path, *, command: str = "up", driver: str = "docker") -> Iterator[Site]:
    """The site once it answers; ended and nothing left behind afterwards."""
    with open_terminal(folder, driver) as terminal:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        address = f"http://localhost:{port}"
        words = terminal.command(command, "--driver", driver, "--port", str(port))
        running = Running(words, folder / "site", terminal)
        try:
            wait_for(lambda: _answers(address), "the site answers", 90)
            yield Site(terminal, running, address)
        finally:
            running.end()


@contextlib.contextmanager
def open_browser(*arguments: str) -> Iterator[Browser]:
    """Headless Chromium with a fake camera and microphone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *FAKE_CAMERA, *arguments])
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """Someone in front of a page of the site; whatever goes wrong in the page is kept.

    Attributes:
        errors: uncaught errors, console errors and what the Content-Security-Policy stopped.
    """

    def __init__(
        self, browser: Browser, site: Site, *, width: int = 1440, height: int = 900, dark: bool = False
    ) -> None:
        self.site = site
        self.errors: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            permissions=["camera", "microphone", "clipboard-read", "clipboard-write"],
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self._hear(message.type, message.text))

    def _hear(self, kind: str, text: str) -> None:
        # The browser itself reports each refused request as an error; the page shows those in its own words.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.errors.append(text)

    def sign_in(self, *, email: str = "") -> None:
        """Come in by a link from the terminal."""
        self.page.goto(self.site.link(email=email))

    def sign_up(self, email: str, password: str = "correct horse battery staple") -> None:
        """Come in as somebody new."""
        self.page.goto(f"{self.site.address}/accounts/signup/")
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password1]").fill(password)
        self.page.get_by_role("button", name="Sign up").click()
        self.page.get_by_label("Code").fill(code_in(self.site.newest_mail(to=email)))
        self.page.get_by_role("button", name="Confirm").click()
        self.page.wait_for_url("**/t/**")

    def picture(self, name: str) -> None:
        """A screenshot, for people to look at; on a busy machine the browser at times has none to give."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        for _ in range(_PICTURE_TRIES):
            with contextlib.suppress(Error):
                self.page.screenshot(path=PICTURES / f"{name}.png")
                return
        raise AssertionError(f"the browser gives no picture of {name}")

    def close(self) -> None:
        """Leave; nothing may have gone wrong in the page."""
        self.context.close()
        assert self.errors == []


@contextlib.contextmanager
def open_visitor(
    browser: Browser, site: Site, *, width: int = 1440, height: int = 900, dark: bool = False
) -> Iterator[Visitor]:
    """Someone who looks at the site."""
    visitor = Visitor(browser, site, width=width, height=height, dark=dark)
    try:
        yield visitor
    except BaseException:
        with contextlib.suppress(Exception):
            visitor.picture("failed")
        visitor.context.close()
        raise
    visitor.close()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/accounts/login/", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
