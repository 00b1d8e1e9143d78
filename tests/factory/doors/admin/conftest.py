"""An operator, a team with one of everything that their pages list, and somebody who is no operator."""

import datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from components.contract.manifest import load_manifest
from factory.domain.accounts.api_tokens import make_api_token
from factory.domain.accounts.invitations import invite
from factory.domain.accounts.membership import membership_of
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team
from factory.domain.billing.services import open_wallet
from factory.domain.catalogue.installations import begin_installation
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.catalogue.services import install_release
from factory.domain.catalogue.statuses import ReleaseSource
from factory.domain.runs.models import Run
from tests.factory.metered import new_run, used

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def forget_rates() -> None:
    """What one test tried too often must not hold up the next."""
    cache.clear()


@pytest.fixture
def olga(db: None) -> User:
    """Operates the installation."""
    return User.objects.create_user("olga", email="olga@example.org", is_staff=True)


@pytest.fixture
def operator(olga: User) -> Client:
    browser = Client()
    browser.force_login(olga)
    return browser


@pytest.fixture
def team(alice: User, now: datetime.datetime, settings: Settings) -> Team:
    """Alice's, with credit to try."""
    settings.FACTORY_TRIAL_CREDIT = 5_000_000
    made = create_team(slug="alice", name="Alice", owner=alice)
    open_wallet(team=made, now=now)
    return made


@pytest.fixture
def run(team: Team) -> Run:
    """A run of alice's team with an instance that was used for an hour."""
    made = new_run()
    used(made)
    return made


@pytest.fixture
def release(alice: User, now: datetime.datetime) -> ComponentRelease:
    """A component that was installed from an archive."""
    manifest = load_manifest(ROOT / "components" / "template")
    digest = f"sha256:{'ab' * 32}"
    return install_release(
        manifest=manifest, digest=digest, readme="", icon="", source=ReleaseSource.ARCHIVE, team=None, by=alice, now=now
    )


@pytest.fixture
def everything(team: Team, alice: User, run: Run, release: ComponentRelease, now: datetime.datetime) -> None:
    """At least one row in every list but the price of a component."""
    membership = membership_of(user=alice, slug=team.slug)
    assert membership is not None
    invite(by=membership, email="new@example.org", role=Role.OPERATOR, now=now)
    make_api_token(membership=membership, name="CI", scopes=[Action.SEE], now=now)
    begin_installation(team=team, file_name="own.tar", size=5, by=alice, now=now)
