import datetime

import pytest

from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role

NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture
def now() -> datetime.datetime:
    return NOW


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", email="bob@example.org")


@pytest.fixture
def studio(alice: User) -> Team:
    return create_team(slug="studio", name="The studio", owner=alice)


@pytest.fixture
def owner(alice: User, studio: Team) -> Membership:
    return member_of(alice, studio)


@pytest.fixture
def admin(bob: User, studio: Team) -> Membership:
    set_role(team=studio, user=bob, role=Role.ADMIN)
    return member_of(bob, studio)


def member_of(user: User, team: Team) -> Membership:
    found = membership_of(user=user, slug=team.slug)
    assert found is not None
    return found
