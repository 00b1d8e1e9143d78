import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from factory.domain.accounts.models import Member, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import (
    LastOwner,
    TeamExists,
    create_team,
    ensure_home_owner,
    remove_member,
    set_role,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob")


def test_people_are_users_of_this_room() -> None:
    assert get_user_model() is User


def test_who_makes_a_team_owns_it(alice: User) -> None:
    team = create_team(slug="studio", name="The studio", owner=alice)

    assert Member.objects.get(team=team).role == Role.OWNER
    assert list(team.members.all()) == [alice]
    assert list(alice.teams.all()) == [team]


def test_a_team_of_the_installation_has_no_owner() -> None:
    assert not create_team(slug="local", name="Local").memberships.exists()


def test_a_short_name_is_taken_once(alice: User, bob: User) -> None:
    create_team(slug="studio", name="The studio", owner=alice)

    with pytest.raises(TeamExists, match="choose another"):
        create_team(slug="studio", name="Another", owner=bob)


def test_a_person_has_one_role_in_a_team(alice: User, bob: User) -> None:
    team = create_team(slug="studio", name="The studio", owner=alice)

    set_role(team=team, user=bob, role=Role.VIEWER)
    set_role(team=team, user=bob, role=Role.DEVELOPER)

    assert [member.role for member in team.memberships.filter(user=bob)] == [Role.DEVELOPER]
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(team=team, user=bob, role=Role.BILLING)


def test_the_last_owner_stays_one(alice: User, bob: User) -> None:
    team = create_team(slug="studio", name="The studio", owner=alice)
    set_role(team=team, user=bob, role=Role.ADMIN)

    with pytest.raises(LastOwner):
        set_role(team=team, user=alice, role=Role.VIEWER)
    with pytest.raises(LastOwner):
        remove_member(team=team, user=alice)

    set_role(team=team, user=bob, role=Role.OWNER)
    remove_member(team=team, user=alice)
    remove_member(team=team, user=alice)
    assert [str(member) for member in team.memberships.all()] == ["bob is owner of studio"]


def test_who_took_the_operators_address_keeps_nobody_out_of_their_own_site() -> None:
    User.objects.create_user("mallory", email="Operator@localhost")

    operator = ensure_home_owner()

    assert (operator.username, operator.email, operator.is_staff) == ("operator", "", True)
    assert ensure_home_owner() == operator
