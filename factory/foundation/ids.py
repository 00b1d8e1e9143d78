"""Short random ids that are safe in container names, paths and addresses."""

import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_id(length: int = 12) -> str:
    """A random id of lowercase letters and digits 2-7; 12 characters hold 60 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_secret() -> str:
    """An unguessable id of 160 bits, for addresses that are their own key."""
    return new_id(32)
