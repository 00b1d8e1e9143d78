"""Addresses of gateways and the tokens that open them."""

import string

import pytest
from channels.layers import BaseChannelLayer
from hypothesis import given, strategies
from pytest_django import Settings

from factory.domain.runs.endpoints import agent_group, endpoint_of, is_token_of, parse_endpoint, token_of
from factory.foundation.ids import new_id

_NODES = strategies.from_regex(r"[a-z][a-z0-9_-]{0,31}", fullmatch=True)


@given(_NODES)
def test_an_endpoint_leads_back_to_its_run_and_node(node: str) -> None:
    run = new_id()
    assert parse_endpoint(endpoint=endpoint_of(run_id=run, node=node)) == (run, node)


@pytest.mark.parametrize(
    "endpoint", ["", "camera", "short-camera", "abcdefghijkl", "abcdefghijkl-", "abcdefghijkl-9a", "abcdefghijkl-a\n"]
)
def test_what_cannot_be_an_endpoint_is_none(endpoint: str) -> None:
    assert parse_endpoint(endpoint=endpoint) is None


def test_a_token_holds_at_least_128_bits_and_fits_into_a_header() -> None:
    token = token_of(endpoint="abcdefghijkl-camera")
    assert len(token) * 6 >= 128
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")


def test_each_endpoint_and_each_key_has_a_token_of_its_own(settings: Settings) -> None:
    tokens = {token_of(endpoint=f"abcdefghijkl-camera{number}") for number in range(5)}
    settings.SECRET_KEY = "another"
    tokens.add(token_of(endpoint="abcdefghijkl-camera0"))
    assert len(tokens) == 6


def test_only_the_right_token_opens(settings: Settings) -> None:
    endpoint = "abcdefghijkl-camera"
    old = token_of(endpoint=endpoint)
    assert is_token_of(endpoint=endpoint, token=old)
    assert not is_token_of(endpoint=endpoint, token=old[:-1])
    assert not is_token_of(endpoint=endpoint, token="ünïcode\ud800")
    assert not is_token_of(endpoint="abcdefghijkl-other", token=old)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert is_token_of(endpoint=endpoint, token=old)
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_token_of(endpoint=endpoint, token=old)


@given(strategies.text(min_size=1, max_size=255))
def test_every_host_has_a_group_that_the_channel_layer_takes(host: str) -> None:
    BaseChannelLayer().require_valid_group_name(agent_group(host=host))
