import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from factory.domain.accounts.models import User
from factory.domain.accounts.services import HOME_TEAM


def make_link(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sign_in_link", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db(transaction=True)
def test_the_link_signs_the_owner_of_the_home_team_in(client: Client) -> None:
    link = make_link("--site", "http://localhost:8123/")

    assert link.startswith("http://localhost:8123/enter/")
    client.get(link.removeprefix("http://localhost:8123"))

    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert [(member.team.slug, member.role) for member in user.memberships.all()] == [(HOME_TEAM, "owner")]
    assert not user.has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_it_signs_in_whom_the_operator_names(client: Client) -> None:
    alice = User.objects.create_user("alice", "alice@example.com", "correct horse battery")

    client.get(make_link("Alice@example.com").partition("8000")[2])

    assert client.session["_auth_user_id"] == str(alice.pk)


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_in_as_somebody_who_is_not_there() -> None:
    with pytest.raises(CommandError, match=r"nobody has signed up as mallory@example\.com"):
        make_link("mallory@example.com")
