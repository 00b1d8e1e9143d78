"""How a token is written: a prefix to know it by, 190 random bits, and a checksum. Pure."""

import hashlib
import secrets
import string
import zlib

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_CHARACTERS = 32
_CHECK_CHARACTERS = 6
_SHOWN_CHARACTERS = 6


def new_token(prefix: str) -> str:
    """A token that nobody has, such as `mpf_` and 38 letters and digits."""
    body = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARACTERS))
    return body + _check(body)


def is_well_formed(text: str, prefix: str) -> bool:
    """Whether it can be a token at all: what is mistyped or made up is refused before anything is looked up."""
    if not text.startswith(prefix) or len(text) != len(prefix) + _RANDOM_CHARACTERS + _CHECK_CHARACTERS:
        return False
    body, check = text[:-_CHECK_CHARACTERS], text[-_CHECK_CHARACTERS:]
    return text.isascii() and check == _check(body)


def digest_of(text: str) -> str:
    """What is kept of a token. It is random and long: a plain hash cannot be turned back."""
    return hashlib.sha256(text.encode()).hexdigest()


def shown_part(text: str, prefix: str) -> str:
    """How it begins, to tell it from others."""
    return text[: len(prefix) + _SHOWN_CHARACTERS]


def _check(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK_CHARACTERS):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
