"""Hears of what concerns the safety of somebody's account, and writes it down for them."""

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_login_failed
from django.dispatch import Signal
from django.http import HttpRequest

from factory.domain.accounts.models import User
from factory.domain.accounts.selectors import person_of
from factory.doors.pages.account_pages.request_origin import describe_origin
from factory.doors.pages.account_pages.security_events import note_event
from factory.foundation import clock

_ID = "factory.doors.pages.account_pages"
_PLAIN: dict[str, Signal] = {
    "account.signed_up": account.user_signed_up,
    "account.signed_out": account.user_logged_out,
    "account.password_changed": account.password_changed,
    "account.password_set": account.password_set,
    "account.password_reset": account.password_reset,
    "account.code_rejected": account.login_code_rejected,
}
"""What needs no more said than who and from where, by the action it is written down as."""
_FACTORS: dict[str, Signal] = {
    "account.factor_added": mfa.authenticator_added,
    "account.factor_removed": mfa.authenticator_removed,
    "account.factor_reset": mfa.authenticator_reset,
    "account.factor_rejected": mfa.authentication_failed,
}
_WAYS = {"password": "password", "code": "a code by e-mail", "mfa": "a second factor"}


def listen() -> None:
    """Hear of all of them."""
    for action, signal in _PLAIN.items():
        signal.connect(_hear_plain(action), weak=False, dispatch_uid=f"{_ID}.{action}")
    for action, signal in _FACTORS.items():
        signal.connect(_hear_factor(action), weak=False, dispatch_uid=f"{_ID}.{action}")
    account.user_logged_in.connect(note_sign_in, dispatch_uid=f"{_ID}.signed_in")
    user_login_failed.connect(note_failure, dispatch_uid=f"{_ID}.sign_in_failed")
    account.email_confirmed.connect(note_confirmation, dispatch_uid=f"{_ID}.email_confirmed")
    account.email_changed.connect(note_new_email, dispatch_uid=f"{_ID}.email_changed")


def note_sign_in(*, request: HttpRequest, user: User, **_more: Any) -> None:
    """By what way, too: the one they did not use themselves is the one to shut."""
    records = get_authentication_records(request, user)
    ways = [_way_of(one) for one in records if not one.get("reauthenticated")]
    _write("account.signed_in", user, request, user.email, {"by": " and ".join(dict.fromkeys(ways))})


def note_failure(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """Only of people who exist: what strangers make up is nobody's event."""
    email = credentials.get("email")
    user = person_of(email=email) if isinstance(email, str) else None
    if user is not None and request is not None:
        _write("account.sign_in_failed", user, request, user.email, {})


def note_confirmation(*, request: HttpRequest, email_address: Any, **_more: Any) -> None:
    _write("account.email_confirmed", email_address.user, request, email_address.email, {})


def note_new_email(*, request: HttpRequest, user: User, to_email_address: Any, **more: Any) -> None:
    """From one to another: the first that somebody has is no change."""
    before = more.get("from_email_address")
    if before is not None:
        _write("account.email_changed", user, request, to_email_address.email, {"from": before.email})


def _hear_plain(action: str) -> Any:
    def hear(*, request: HttpRequest, user: User | None, **_more: Any) -> None:
        if user is not None:
            _write(action, user, request, user.email, {})

    return hear


def _hear_factor(action: str) -> Any:
    def hear(*, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
        _write(action, user, request, _name_of(authenticator), {"kind": str(authenticator.type)})

    return hear


def _name_of(factor: Authenticator) -> str:
    if factor.type == Authenticator.Type.WEBAUTHN:
        return f"passkey {factor.data.get('name', '')}".strip()
    return "authenticator app" if factor.type == Authenticator.Type.TOTP else "recovery codes"


def _way_of(one: dict[str, Any]) -> str:
    if one.get("passwordless"):
        return "passkey"
    kind = {"totp": "app code", "recovery_codes": "recovery code", "webauthn": "passkey"}.get(str(one.get("type")))
    return kind or _WAYS.get(str(one.get("method")), str(one.get("method")))


def _write(action: str, user: User, request: HttpRequest, subject: str, details: dict[str, str]) -> None:
    origin = describe_origin(request)
    note_event(user=user, action=action, subject=subject, now=clock.now(), details=details, origin=origin)
