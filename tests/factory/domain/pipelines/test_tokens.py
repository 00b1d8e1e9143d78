"""The tokens that open endpoints."""

import string

from pytest_django import Settings

from factory.domain.pipelines.tokens import is_token_of, token_of


def test_a_token_holds_at_least_128_bits_and_fits_into_a_header() -> None:
    token = token_of(endpoint="abcdefghijkl")
    assert len(token) * 6 >= 128
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")


def test_each_endpoint_and_each_key_has_a_token_of_its_own(settings: Settings) -> None:
    tokens = {token_of(endpoint=f"abcdefghijk{number}") for number in range(5)}
    settings.SECRET_KEY = "another"
    tokens.add(token_of(endpoint="abcdefghijk0"))
    assert len(tokens) == 6


def test_only_the_right_token_opens(settings: Settings) -> None:
    endpoint = "abcdefghijkl"
    old = token_of(endpoint=endpoint)
    assert is_token_of(endpoint=endpoint, token=old)
    assert not is_token_of(endpoint=endpoint, token=old[:-1])
    assert not is_token_of(endpoint=endpoint, token="ünïcode\ud800")
    assert not is_token_of(endpoint="abcdefghijkm", token=old)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert is_token_of(endpoint=endpoint, token=old)
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_token_of(endpoint=endpoint, token=old)
