"""Somebody new finds their way in, guards their account, and throws a thief out, in Chromium."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.journeys.axe import violations
from tests.journeys.site import Site, Visitor, code_in, open_site, open_visitor

pytestmark = [pytest.mark.journey, pytest.mark.browser]

PASSWORD = "correct horse battery staple"
LOOKS = {"light": (1440, 900, False), "dark": (1440, 900, True), "narrow": (390, 844, False)}
OPEN_PAGES = ("login", "signup", "login/code", "password/reset", "password/reset/done")
OWN_PAGES = ("profile", "email", "password/change", "2fa", "2fa/webauthn", "sessions", "teams")
PERIOD_SECONDS = 30


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("accounts"), driver="process") as opened:
        yield opened


def app_code(key: str, step: int = 0) -> str:
    """What an authenticator app shows now, or so many steps later (RFC 6238)."""
    counter = (int(time.time()) // PERIOD_SECONDS + step).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(key), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def add_authenticator(page: Page) -> CDPSession:
    """A device that keeps passkeys and always sees its owner's finger (WebAuthn's own automation, section 11)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def open_account(visitor: Visitor, path: str) -> None:
    visitor.page.goto(f"{visitor.site.address}/accounts/{path}/")


def sign_in(visitor: Visitor, email: str) -> None:
    """By the password."""
    open_account(visitor, "login")
    visitor.page.get_by_label("Email").fill(email)
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(visitor: Visitor) -> None:
    open_account(visitor, "logout")
    visitor.page.locator("main").get_by_role("button", name="Sign out").click()
    visitor.page.wait_for_url(f"{visitor.site.address}/")


def show_it_is_me(page: Page) -> None:
    """Answer the page that asks for the password again."""
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def set_app_up(visitor: Visitor) -> tuple[str, list[str]]:
    """Set up an authenticator app; returns its key and the recovery codes."""
    page = visitor.page
    open_account(visitor, "2fa/totp/activate")
    show_it_is_me(page)
    assert page.locator("img.qr").evaluate("(image) => image.naturalWidth") > 0
    visitor.picture("account-app")
    assert violations(page) == []
    key = page.locator("#totp-key").inner_text()
    page.get_by_label("Authenticator code").fill(app_code(key))
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator("#recovery-codes").inner_text().split()
    visitor.picture("account-recovery-codes")
    assert violations(page) == []
    return key, codes


def test_somebody_new_signs_up_with_the_code_from_the_mail(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        page = visitor.page
        open_account(visitor, "signup")
        page.get_by_label("Email").fill("frida@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign up").click()

        expect(page.get_by_role("heading", name="Confirm your address")).to_be_visible()
        expect(page.get_by_text("nothing was sent")).to_contain_text("/state/mail")
        visitor.picture("account-confirm")
        assert violations(page) == []
        page.get_by_label("Code").fill(code_in(site.newest_mail(to="frida@example.com")))
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("heading", name="Draw your first pipeline")).to_be_visible()


def test_a_code_by_mail_is_enough_to_sign_in(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        visitor.sign_up("greta@example.com")
        sign_out(visitor)
        page = visitor.page
        open_account(visitor, "login")
        page.get_by_role("link", name="Email me a code").click()
        page.get_by_label("Email").fill("greta@example.com")
        page.get_by_role("button", name="Mail the code").click()
        expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
        page.get_by_label("Code").fill(code_in(site.newest_mail(to="greta@example.com", about="sign in")))
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url("**/t/greta/")


def test_with_an_app_its_code_is_asked_for_and_a_recovery_code_helps(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        page = visitor.page
        visitor.sign_up("hanna@example.com")
        key, codes = set_app_up(visitor)
        assert len(codes) == 10
        page.get_by_role("button", name="Copy").click()
        assert page.evaluate("() => navigator.clipboard.readText()").split() == codes
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        assert set(codes) <= set(download.value.path().read_text().split())

        for code in (app_code(key, step=1), codes[0]):
            sign_out(visitor)
            sign_in(visitor, "hanna@example.com")
            expect(page.get_by_role("heading", name="Second step")).to_be_visible()
            visitor.picture("account-second-step")
            assert violations(page) == []
            page.get_by_label("Code").fill(code)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url("**/t/hanna/")
        open_account(visitor, "2fa")
        expect(page.get_by_text("9 left")).to_be_visible()
        visitor.picture("account-two-factor")


def test_a_passkey_signs_in_without_anything_typed(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        page = visitor.page
        visitor.sign_up("ida@example.com")
        add_authenticator(page)
        open_account(visitor, "2fa/webauthn/add")
        show_it_is_me(page)
        visitor.picture("account-passkey-add")
        page.get_by_label("Name").fill("Ida's laptop")
        page.get_by_role("button", name="Add the passkey").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        open_account(visitor, "2fa/webauthn")
        expect(page.get_by_text("Ida's laptop", exact=True)).to_be_visible()
        visitor.picture("account-passkeys")
        assert violations(page) == []

        sign_out(visitor)
        page.goto(f"{site.address}/accounts/login/?next=/accounts/profile/")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="Profile")).to_be_visible()

        sign_out(visitor)
        sign_in(visitor, "ida@example.com")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url("**/t/ida/")

        open_account(visitor, "2fa/webauthn")
        page.get_by_role("link", name="Rename Ida's laptop").click()
        page.get_by_role("button", name="Use a passkey").or_(page.get_by_label("Password")).first.wait_for()
        show_it_is_me(page)
        page.get_by_label("Name").fill("Old laptop")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Remove Old laptop").click()
        page.get_by_role("button", name="Remove the passkey").click()
        expect(page.get_by_role("heading", name="No passkeys yet")).to_be_visible()


def test_a_device_without_a_passkey_is_told_what_to_do(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as visitor:
        add_authenticator(visitor.page)
        open_account(visitor, "login")
        visitor.page.get_by_role("button", name="Use a passkey").click()
        expect(visitor.page.get_by_role("alert")).to_contain_text("no passkey of this site")
        visitor.picture("account-no-passkey")


def test_a_session_that_is_ended_is_thrown_out_at_once(site: Site, browser: Browser) -> None:
    with open_visitor(browser, site) as owner, open_visitor(browser, site) as thief:
        owner.sign_up("jana@example.com")
        sign_in(thief, "jana@example.com")
        thief.page.wait_for_url("**/t/jana/")

        open_account(owner, "sessions")
        expect(owner.page.get_by_text("This one", exact=True)).to_be_visible()
        expect(owner.page.get_by_text("Signed in by password")).to_be_visible()
        owner.picture("account-sessions")
        owner.page.locator("main").get_by_role("button", name="Sign out Headless Chrome on Linux").click()
        expect(owner.page.get_by_text("is signed out", exact=False).first).to_be_visible()

        thief.page.reload()
        thief.page.wait_for_url("**/accounts/login/**")
        open_account(owner, "profile")
        expect(owner.page.get_by_role("heading", name="Profile")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_of_an_account_keeps_anybody_out(site: Site, browser: Browser, look: str) -> None:
    width, height, dark = LOOKS[look]
    found: list[str] = []
    with open_visitor(browser, site, width=width, height=height, dark=dark) as visitor:
        for path in OPEN_PAGES:
            found += look_at(visitor, path, look)
        visitor.sign_up(f"karla-{look}@example.com")
        for path in OWN_PAGES:
            found += look_at(visitor, path, look)

    assert found == []


def look_at(visitor: Visitor, path: str, look: str) -> list[str]:
    """Everything that is wrong with a page; a picture of it is kept."""
    open_account(visitor, path)
    visitor.picture(f"account-{path.replace('/', '-')}-{look}")
    page = visitor.page
    too_wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{path} ({look}): {one}" for one in violations(page)]
    return [*found, *([f"{path} ({look}): {too_wide} px wider than the window"] if too_wide > 0 else [])]
