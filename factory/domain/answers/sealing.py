"""Encrypts what was answered by the name that the client gave its request: who reads the table alone reads nothing.

An answer may hold what is shown only once, such as a token that was made; the database keeps the digest of that alone.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


def seal(value: dict[str, Any], *, name: str, keys: Sequence[str]) -> bytes:
    """Encrypt it with the newest of our keys and the name."""
    return _box(name, keys).encrypt(json.dumps(value).encode())


def unseal(sealed: bytes, *, name: str, keys: Sequence[str]) -> dict[str, Any] | None:
    """What was sealed; None where no key of ours opens it, as after one was taken away."""
    try:
        opened: dict[str, Any] = json.loads(_box(name, keys).decrypt(sealed))
    except InvalidToken:
        return None
    return opened


def _box(name: str, keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(name, key)) for key in keys])


def _derive(name: str, key: str) -> bytes:
    # Both are long or many: a plain keyed digest (RFC 2104) is a key of 256 bits.
    return base64.urlsafe_b64encode(
        hashlib.blake2b(name.encode(), key=hashlib.sha512(key.encode()).digest(), digest_size=32).digest()
    )
