"""Every address of a team, for everybody who is not in it."""

import pytest
from django.test import Client

from factory.domain.accounts.models import User
from factory.domain.pipelines.models import Pipeline

ADDRESSES = [
    ("GET", "/t/studio/"),
    ("GET", "/t/studio/hello/"),
    ("GET", "/new/studio/"),
    ("POST", "/new/studio/"),
    ("POST", "/t/studio/hello/copy/"),
    ("POST", "/t/studio/hello/archive/"),
]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_to_a_stranger_there_is_no_such_team(stranger: Client, pipeline: Pipeline, method: str, address: str) -> None:
    assert stranger.generic(method, address).status_code == 404
    unknown = stranger.generic(method, address.replace("studio", "no-such-team"))
    assert unknown.status_code == 404


@pytest.mark.parametrize(("method", "address"), [*ADDRESSES, ("POST", "/teams/own/")])
def test_who_is_not_signed_in_is_asked_to_and_led_back(
    client: Client, pipeline: Pipeline, method: str, address: str
) -> None:
    answer = client.generic(method, address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address}"


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_someone_who_is_no_longer_active_is_let_out(
    owner: Client, alice: User, pipeline: Pipeline, method: str, address: str
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert owner.generic(method, address).status_code == 302


@pytest.mark.parametrize("address", ["/t/studio/nothing/", "/t/studio/hello"])
def test_a_pipeline_that_is_none_is_not_found_or_the_slash_is_added(
    owner: Client, pipeline: Pipeline, address: str
) -> None:
    answer = owner.get(address)

    assert answer.status_code == (301 if address.endswith("hello") else 404)
