"""People who sign up, and what their mails bring them."""

import base64
import hashlib
import hmac
import re
import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from factory.domain.accounts.models import User
from factory.doors.pages.account_pages.sealing import seal

EMAIL = "dora@example.org"
PASSWORD = "seven quiet microphones"
TOTP_SECRET = base64.b32encode(b"a secret of 20 bytes").decode()


def sign_up(browser: Client, email: str = EMAIL, password: str = PASSWORD, onward: str = "") -> None:
    """As far as the page that asks for the code."""
    onward_field = {"next": onward} if onward else {}
    answer = browser.post("/accounts/signup/", {"email": email, "password1": password, **onward_field})
    assert answer.status_code == 302, answer.content.decode()


def newest_mail(to: str = EMAIL) -> str:
    """The text of the newest mail to somebody."""
    return str(next(message.body for message in reversed(mail.outbox) if message.to == [to]))


def newest_subject(to: str = EMAIL) -> str:
    """What the newest mail to somebody is about."""
    return str(next(message.subject for message in reversed(mail.outbox) if message.to == [to]))


def code_in(text: str) -> str:
    """The code that a mail brings."""
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", text, re.MULTILINE)
    assert found is not None, text
    return found[0]


def join(browser: Client, email: str = EMAIL, password: str = PASSWORD) -> User:
    """Sign up and confirm the address: the browser is signed in."""
    sign_up(browser, email, password)
    browser.post("/accounts/confirm-email/", {"code": code_in(newest_mail(email))})
    return User.objects.get(email=email)


def dora(*, password: str = PASSWORD) -> User:
    """Somebody who signed up earlier."""
    user = User.objects.create_user("dora", email=EMAIL, password=password)
    EmailAddress.objects.create(user=user, email=EMAIL, primary=True, verified=True)
    return user


def sign_in(browser: Client, email: str = EMAIL, password: str = PASSWORD) -> str:
    """Send the form of the sign-in page; returns where it leads, empty where it is shown again."""
    return browser.post("/accounts/login/", {"login": email, "password": password}).get("Location", "")


def is_in(browser: Client) -> bool:
    """Whether the browser is signed in."""
    return "_auth_user_id" in browser.session


def give_app(user: User) -> Authenticator:
    """Set an authenticator app up for somebody."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": seal(TOTP_SECRET)})


def app_code(secret: str = TOTP_SECRET, step: int = 0) -> str:
    """What an app shows now, or so many steps of 30 seconds later: RFC 6238, written out once more."""
    counter = int(time.time()) // 30 + step
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def confirm(browser: Client, password: str = PASSWORD) -> None:
    """Show by the password that it is still the same person."""
    assert browser.post("/accounts/reauthenticate/", {"password": password}).status_code == 302
