"""The installation's keys for secrets, and what they do: seal a value for one team and name, and open it again.

AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits; team and name are authenticated along with the value.
"""

import functools
import hashlib
import os
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from factory.foundation.errors import OurError

_NONCE_BYTES = 12
_KEY_BYTES = 32
_KEY_PURPOSE = b"factory.secrets.v1"


class SecretUnreadable(OurError):
    """No key of the installation opens a secret."""

    id: ClassVar[str] = "secrets:ours:unreadable"


def newest_key_id() -> str:
    """The id of the key that seals now: the first of `FACTORY_SECRETS_KEYS`."""
    return key_id(settings.FACTORY_SECRETS_KEYS[0])


def key_id(key: str) -> str:
    """What a key is called in rows; tells nothing about it."""
    return hashlib.sha256(_KEY_PURPOSE + b".id" + key.encode()).hexdigest()[:16]


def seal(*, team_id: int, name: str, value: str) -> tuple[bytes, str]:
    """The value as ciphertext for this team and name alone, and the id of the key that sealed it."""
    key: str = settings.FACTORY_SECRETS_KEYS[0]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, value.encode(), _bound_to(team_id, name))
    return nonce + sealed, key_id(key)


def unseal(*, team_id: int, name: str, ciphertext: bytes, sealed_by: str) -> str:
    """The value again.

    Raises:
        SecretUnreadable: its key is not among the installation's, or the row was tampered with.
    """
    keys = [key for key in settings.FACTORY_SECRETS_KEYS if key_id(key) == sealed_by]
    if not keys:
        raise SecretUnreadable(
            f"The secret {name} was sealed by the key {sealed_by}, which is not among FACTORY_SECRETS_KEYS: "
            "add that key to the list, or have an admin of the team set the secret again."
        )
    nonce, sealed = ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:]
    try:
        return _cipher(keys[0]).decrypt(nonce, sealed, _bound_to(team_id, name)).decode()
    except (InvalidTag, ValueError):
        raise SecretUnreadable(
            f"The secret {name} is not as it was sealed: it was changed or moved by hand. "
            "Have an admin of the team set it again."
        ) from None


def _bound_to(team_id: int, name: str) -> bytes:
    return f"factory.secrets.v1:{team_id}:{name}".encode()


@functools.lru_cache(maxsize=32)
def _cipher(key: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_KEY_PURPOSE).derive(key.encode())
    return AESGCM(derived)
