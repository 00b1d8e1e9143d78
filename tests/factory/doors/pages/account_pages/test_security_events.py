import datetime

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from factory.domain.accounts import audit
from factory.domain.accounts.audit import broken_places
from factory.domain.accounts.models import AuditEvent, User
from factory.domain.accounts.sign_in_links import make_link_token
from factory.doors.pages.account_pages.security_events import ALARMING, MOST_SHOWN, WORDS, describe, note_event
from factory.foundation import clock
from tests.factory.doors.pages.account_pages.newcomers import (
    EMAIL,
    PASSWORD,
    app_code,
    code_in,
    confirm,
    dora,
    give_app,
    join,
    newest_mail,
    sign_in,
)

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
ORIGIN = {"device": "Firefox on Windows", "ip": "203.0.113.7"}


@pytest.mark.parametrize(
    ("action", "subject", "details", "words"),
    [
        (
            "account.signed_in",
            "dora@example.org",
            {"by": "password and app code"},
            "Signed in by password and app code",
        ),
        ("account.signed_in", "dora@example.org", {}, "Signed in"),
        ("account.email_changed", "new@example.org", {"from": "old@example.org"}, "from old@example.org to new@"),
        ("account.factor_added", "passkey {by}", {}, "Added: passkey {by}"),
        ("account.of_tomorrow", "", {}, "account.of_tomorrow"),
    ],
)
def test_an_event_is_told_in_words(action: str, subject: str, details: dict[str, str], words: str) -> None:
    told = describe(action=action, subject=subject, at=NOW, details={**details, **ORIGIN})

    assert words in told.words
    assert told.origin == "Firefox on Windows, 203.0.113.7"


def test_an_event_from_nowhere_names_no_place() -> None:
    assert describe(action="account.signed_out", subject="", at=NOW, details={}).origin == ""


def test_what_others_tried_stands_out() -> None:
    alarming = {action for action in WORDS if describe(action=action, subject="", at=NOW, details={}).is_alarming}

    assert alarming == ALARMING
    assert "account.signed_in" not in alarming


def written(user: User) -> list[tuple[str, str]]:
    """What of somebody's account was written down: the verb, and what it was done to."""
    events = AuditEvent.objects.filter(actor=user).order_by("number")
    return [(event.action.removeprefix("account."), event.subject) for event in events]


def ways(user: User) -> list[str]:
    """By what they signed in, each time."""
    events = AuditEvent.objects.filter(actor=user, action="account.signed_in").order_by("number")
    return [event.details["by"] for event in events]


def test_signing_up_and_out_is_written_down(client: Client, db: None) -> None:
    user = join(client)
    client.post("/accounts/logout/")

    assert [verb for verb, _subject in written(user)] == ["signed_up", "email_confirmed", "signed_in", "signed_out"]
    assert broken_places(chain=0) == []


def test_it_is_written_by_what_way_somebody_signed_in(client: Client, db: None) -> None:
    user = dora()
    sign_in(client)
    client.post("/accounts/logout/")
    client.post("/accounts/login/code/", {"email": EMAIL})
    client.post("/accounts/login/code/confirm/", {"code": code_in(newest_mail())})
    client.get(f"/enter/{make_link_token(user=User.objects.get(), now=clock.now())}/")
    give_app(user)
    cache.clear()
    other = Client()
    sign_in(other)
    other.post("/accounts/2fa/authenticate/", {"code": app_code()})

    assert ways(user) == ["password", "a code by e-mail", "a link from the terminal", "password and app code"]


def test_what_others_try_is_written_down_for_whose_account_it_is(client: Client, db: None) -> None:
    user = dora()
    give_app(user)
    client.post("/accounts/login/", {"login": EMAIL, "password": "wrong wrong"})
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong wrong"})
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    other = Client()
    other.post("/accounts/login/code/", {"email": EMAIL})
    other.post("/accounts/login/code/confirm/", {"code": "BBBB-BBBB"})

    assert [verb for verb, _subject in written(user)] == ["sign_in_failed", "factor_rejected", "code_rejected"]
    assert AuditEvent.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_changes_of_an_account_are_written_down_without_its_secrets(client: Client) -> None:
    user = dora()
    sign_in(client)
    confirm(client)
    give_app(user)
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    fields = {"oldpassword": PASSWORD, "password1": "eight loud cameras", "password2": "eight loud cameras"}
    client.post("/accounts/password/change/", fields)
    client.post("/accounts/email/", {"email": "dora@new.example", "action_add": ""})
    client.post("/accounts/confirm-email/", {"code": code_in(newest_mail("dora@new.example"))})

    assert [event for event in written(user) if event[0] != "signed_in"] == [
        ("factor_reset", "recovery codes"),
        ("factor_removed", "authenticator app"),
        ("factor_removed", "recovery codes"),
        ("password_changed", EMAIL),
        ("email_confirmed", "dora@new.example"),
        ("email_changed", "dora@new.example"),
    ]
    told = str(list(AuditEvent.objects.values()))
    assert not [secret for secret in (PASSWORD, "eight loud cameras", "gAAAA") if secret in told]
    assert not Authenticator.objects.exists()


def test_a_person_reads_what_happened_to_their_account_and_to_no_other(
    client: Client, stranger: Client, db: None
) -> None:
    dora()
    client.post("/accounts/login/", {"login": EMAIL, "password": "wrong wrong"}, headers={"User-Agent": "curl/8"})
    sign_in(client)

    page = client.get("/accounts/sessions/").content.decode()
    assert '<span class="row-alarming">Somebody gave a wrong password</span>' in page
    assert "curl, 127.0.0.1" in page
    assert page.index("Signed in by password") < page.index("wrong password")
    assert "wrong password" not in stranger.get("/accounts/sessions/").content.decode()


def test_the_page_shows_a_page_of_events(client: Client, db: None) -> None:
    user = dora()
    client.force_login(user)
    for number in range(MOST_SHOWN + 5):
        note_event(user=user, action="account.session_ended", subject=f"device {number}", now=clock.now(), origin={})

    page = client.get("/accounts/sessions/").content.decode()
    assert page.count("Another session was signed out") == MOST_SHOWN
    assert "device 34" in page


def test_nobody_is_kept_out_because_the_log_is_busy(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    user = dora()
    monkeypatch.setattr(audit, "MOST_TRIES", 0)

    assert sign_in(client) == "/"
    assert written(user) == []
    assert f"account.signed_in of {user.pk} is not in the audit log" in caplog.text
