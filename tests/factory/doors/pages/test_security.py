"""Every page that can be reached by links, read as a browser with a strict policy reads it."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from factory.domain.accounts.models import User
from factory.domain.accounts.services import create_team
from factory.domain.accounts.sign_in_links import make_link_token
from factory.foundation import clock

MOST_PAGES = 200
UNLINKED = ["/no/such/page", "/enter/nonsense/", "/accounts/inactive/", "/accounts/confirm-email/", "/t/empty/"]
ACCOUNT = ["login", "signup", "logout", "password/reset", "password/reset/done", "password/reset/key/done"]
ACCOUNT += ["password/reset/key/x-set-password", "password/change", "password/set", "email", "reauthenticate"]
ACCOUNT += ["login/code", "login/code/confirm", "profile", "sessions", "teams", "2fa", "2fa/authenticate"]
ACCOUNT += ["2fa/reauthenticate", "2fa/totp/activate", "2fa/recovery-codes", "2fa/webauthn", "2fa/webauthn/add"]
ACCOUNT += ["2fa/webauthn/reauthenticate", "2fa/webauthn/login"]
STARTS = ["/", "/t/studio/", "/t/studio/hello/", "/new/studio/", *UNLINKED, *(f"/accounts/{each}/" for each in ACCOUNT)]
NOT_PAGES = ("/api/", "/static/", "/whip/", "/whep/")
DIRECTIVES = {
    "default-src": {"'none'"},
    "img-src": {"'self'", "data:", "blob:"},
    "media-src": {"'self'", "blob:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "worker-src": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"},
}


class Page(HTMLParser):
    """What of a page a policy is about, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.sins: list[str] = []
        self.ids: list[str] = []
        self.nonces: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.sins += [f"<{tag} {name}>" for name in names if name.startswith("on") or name == "style"]
        self.sins += [f"<{tag} {value}>" for value in names.values() if (value or "").startswith("javascript:")]
        if tag == "script" and "src" not in names and names.get("type") != "application/json":
            self.sins.append("<script> inline")
        if tag == "style" and "nonce" not in names:
            self.sins.append("<style> without a nonce")
        if tag == "style" or (tag == "script" and "src" in names):
            self.nonces.add(names.get("nonce") or "none")
        if tag == "a" and names.get("href"):
            self.links.append(names["href"] or "")
        self.ids += [names["id"] or ""] if "id" in names else []


def read(answer: HttpResponseBase) -> Page:
    page = Page()
    page.feed(getattr(answer, "content", b"").decode())
    return page


def policy_of(answer: HttpResponseBase) -> dict[str, set[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: set(values) for name, *values in parts}


def crawl(browser: Client) -> dict[str, tuple[HttpResponseBase, Page]]:
    """Every page of ours that can be reached, by its address."""
    waiting, seen = list(STARTS), dict[str, tuple[HttpResponseBase, Page]]()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop()
        if address in seen or address.startswith(NOT_PAGES):
            continue
        answer = browser.get(address)
        page = read(answer) if "text/html" in answer.get("Content-Type", "") else Page()
        seen[address] = (answer, page)
        targets = [*page.links, answer.get("Location", "")]
        waiting += [urljoin(address, target).split("#")[0] for target in targets if not urlsplit(target).netloc]
    assert not waiting
    return seen


@pytest.fixture(scope="module")
def crawled() -> dict[str, dict[str, tuple[HttpResponseBase, Page]]]:
    """What each kind of person sees, by the kind: the walk is long, and what is read of it does not change it."""
    return {}


@pytest.fixture(params=["anonymous", "member", "stranger"])
def pages(
    request: pytest.FixtureRequest, crawled: dict[str, dict[str, tuple[HttpResponseBase, Page]]]
) -> dict[str, tuple[HttpResponseBase, Page]]:
    if request.param not in crawled:
        crawled[request.param] = walk_as(request.param, request)
    return crawled[request.param]


def walk_as(kind: str, request: pytest.FixtureRequest) -> dict[str, tuple[HttpResponseBase, Page]]:
    """All pages as an anonymous person, a member or a stranger sees them."""
    browser: Client = request.getfixturevalue("stranger" if kind == "stranger" else "client")
    alice: User = request.getfixturevalue("alice")
    request.getfixturevalue("pipeline")
    create_team(slug="empty", name="Empty", owner=alice)
    if kind == "member":
        browser.force_login(alice)
    return crawl(browser)


def test_no_page_needs_what_the_policy_forbids(pages: dict[str, tuple[HttpResponseBase, Page]]) -> None:
    sins = {address: page.sins for address, (_answer, page) in pages.items() if page.sins}

    assert sins == {}
    assert sum(1 for answer, _page in pages.values() if answer.status_code == 200) >= 6
    assert not [address for address, (answer, _page) in pages.items() if answer.status_code >= 500]


def test_every_answer_carries_the_strict_policy_and_its_scripts_the_nonce(
    pages: dict[str, tuple[HttpResponseBase, Page]],
) -> None:
    for address, (answer, page) in pages.items():
        policy = policy_of(answer)
        scripts, styles = policy.pop("script-src"), policy.pop("style-src")
        assert policy == DIRECTIVES, address
        assert scripts == styles == {"'self'", *(f"'nonce-{nonce}'" for nonce in page.nonces)}, address
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert "Content-Security-Policy-Report-Only" not in answer
        assert "camera=" in answer["Permissions-Policy"]


def test_no_page_uses_an_id_twice(pages: dict[str, tuple[HttpResponseBase, Page]]) -> None:
    twice = {address: page.ids for address, (_answer, page) in pages.items() if len(page.ids) != len(set(page.ids))}

    assert twice == {}


def test_every_page_has_the_frame_of_the_site(pages: dict[str, tuple[HttpResponseBase, Page]]) -> None:
    for address, (answer, _page) in pages.items():
        if answer.status_code in (301, 302) or "text/html" not in answer.get("Content-Type", ""):
            continue
        text = getattr(answer, "content", b"").decode()
        assert text.startswith("<!doctype html>"), address
        assert "site-BBBBBBBB.css" in text, address
        assert text.count("<h1") == (0 if 'id="editor"' in text else 1), address


def test_the_session_cookie_is_out_of_reach_of_programs_and_other_sites(client: Client, alice: User) -> None:
    client.get(f"/enter/{make_link_token(user=alice, now=clock.now())}/")
    client.get("/accounts/email/")

    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_a_form_from_another_origin_is_refused(alice: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    browser.get("/")
    token = browser.cookies["csrftoken"].value

    def make_team(origin: str) -> int:
        headers = {"Origin": origin, "X-CSRFToken": token}
        return browser.post("/teams/own/", headers=headers).status_code

    assert make_team("https://evil.example") == 403
    assert make_team("http://testserver") == 302
