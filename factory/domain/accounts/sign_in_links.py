"""Links that sign someone in once: whoever may use the terminal of the installation needs no password."""

import base64
import datetime
import hashlib
import hmac

from django.conf import settings
from django.utils.encoding import force_bytes

from factory.domain.accounts.models import User

LIFETIME = datetime.timedelta(hours=24)
_KEY_PURPOSE = "factory.accounts.sign-in-link"
_MAC_BYTES = 20
_LONGEST_TOKEN = 80


def make_link_token(*, user: User, now: datetime.datetime) -> str:
    """A token for `/enter/<token>/`. It dies with its first use, with any other sign-in, and after a day.

    It is stored nowhere: a keyed digest over whom it is for, when it was made, and what using it changes.
    """
    made = int(now.timestamp())
    return f"{user.pk}.{made}.{_digest(user, made, settings.SECRET_KEY)}"


def use_link_token(*, token: str, now: datetime.datetime) -> User | None:
    """Whom the token lets in; None where it is wrong, used or too old. Of two at the same moment one is let in."""
    user = _user_of(token, now)
    if user is None:
        return None
    same = User.objects.filter(pk=user.pk, last_login=user.last_login, is_active=True)
    if same.update(last_login=max(now, (user.last_login or now) + datetime.timedelta(microseconds=1))) != 1:
        return None
    user.refresh_from_db()
    return user


def _user_of(token: str, now: datetime.datetime) -> User | None:
    parts = token.split(".") if len(token) <= _LONGEST_TOKEN else []
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        return None
    made = int(parts[1])
    if not 0 <= now.timestamp() - made <= LIFETIME.total_seconds():
        return None
    user = User.objects.filter(pk=int(parts[0]), is_active=True).first() if len(parts[0]) <= 18 else None
    if user is None:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    same = [hmac.compare_digest(force_bytes(parts[2]), _digest(user, made, key).encode()) for key in keys]
    return user if any(same) else None


def _digest(user: User, made: int, key: str) -> str:
    used = user.last_login.isoformat() if user.last_login else ""
    text = f"{_KEY_PURPOSE}:{user.pk}:{made}:{used}:{user.password}"
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).decode().rstrip("=")
