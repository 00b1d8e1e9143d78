"""Second factors lie sealed in the database: whoever reads a copy of it can sign in as nobody."""

import base64
from typing import ClassVar

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from factory.foundation.errors import OurError

_PURPOSE = b"factory.accounts.second-factors"
_SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
"""What of each kind's data is secret; a passkey's is public."""
_ROWS_AT_ONCE = 500


class FactorUnreadable(OurError):
    """It was sealed with a key that is no longer there."""

    id: ClassVar[str] = "accounts:ours:factor-unreadable"


def seal(text: str) -> str:
    """The text, readable again only by who has SECRET_KEY."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed with SECRET_KEY or one of SECRET_KEY_FALLBACKS.

    Raises:
        FactorUnreadable: with neither of them.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise FactorUnreadable(
            "A second factor was sealed with an earlier SECRET_KEY; add that key to SECRET_KEY_FALLBACKS."
        ) from None


def seal_all_anew() -> int:
    """Seal everybody's second factors with SECRET_KEY, so that the fallbacks may go; returns how many there are.

    Raises:
        FactorUnreadable: one needs a key that is not there; those before it are kept.
    """
    count = 0
    for kind, field in _SEALED.items():
        ids = list(Authenticator.objects.filter(type=kind).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), _ROWS_AT_ONCE):
            count += _seal_some(ids[start : start + _ROWS_AT_ONCE], field)
    return count


@transaction.atomic
def _seal_some(ids: list[int], field: str) -> int:
    rows = list(Authenticator.objects.select_for_update().filter(pk__in=ids))
    for row in rows:
        row.data[field] = seal(unseal(row.data[field]))
    Authenticator.objects.bulk_update(rows, ["data"])
    return len(rows)


def _box() -> MultiFernet:
    """The first key seals, all of them open (RFC 5869 derives each from one of Django's)."""
    return MultiFernet([Fernet(_derive(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derive(key: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode()))
