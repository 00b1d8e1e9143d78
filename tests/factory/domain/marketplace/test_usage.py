"""Which pipelines use a component, and what one of its nodes costs."""

import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from components.contract.manifest import read_manifest
from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.domain.billing.models import ComponentPrice
from factory.domain.catalogue.components import component, manifests
from factory.domain.marketplace.prices import prices_of
from factory.domain.marketplace.usage import pipelines_using, teams_seen_by
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.pipelines.services import freeze_version, publish
from factory.domain.runs.archiving import archive_pipeline
from factory.foundation import clock
from tests.drivers.saved_images import MANIFEST
from tests.factory.hello import HELLO


@pytest.fixture
def pipeline(team: Team, now: datetime.datetime) -> Pipeline:
    return create_from_text(team=team, text=HELLO, now=now)


def test_drafts_and_what_is_published_count(pipeline: Pipeline, team: Team, now: datetime.datetime) -> None:
    [use] = pipelines_using(name="overlay", teams=[team])
    assert (use.slug, use.versions, use.where) == ("hello", ("1.0.0",), "the draft")

    publish(version=freeze_version(pipeline=pipeline, now=now))

    [use] = pipelines_using(name="overlay", teams=[team])
    assert set(use.where.split(" and ")) == {"the draft", "published version 1"}


def test_others_and_what_is_archived_do_not_count(pipeline: Pipeline, team: Team, now: datetime.datetime) -> None:
    other = create_team(slug="elsewhere", name="Elsewhere")

    assert pipelines_using(name="overlay", teams=[other]) == []
    assert pipelines_using(name="over", teams=[team]) == []
    archive_pipeline(pipeline=pipeline, now=now)
    assert pipelines_using(name="overlay", teams=[team]) == []


def test_only_teams_whose_pipelines_one_may_see_count(alice: User, team: Team) -> None:
    paying = create_team(slug="paying", name="Paying")
    set_role(team=paying, user=alice, role=Role.BILLING)

    assert teams_seen_by(user=alice) == [team]


def test_a_price_is_what_it_is_given_and_what_it_takes_itself(team: Team, now: datetime.datetime) -> None:
    manifest = component("overlay@1.0.0").manifest
    before = prices_of([manifest], at=now)[manifest.ref]
    ComponentPrice.objects.create(component="overlay", effective_from=now, per_hour_micros=40_000)

    price = prices_of([manifest], at=now)[manifest.ref]

    assert before.per_hour == 40_000 + 5_000 // 4
    assert price.per_hour == before.per_hour + 40_000
    assert (before.words, price.words) == ("€0.04125 an hour", "€0.08125 an hour")
    assert price.parts == "€0.04125 an hour for processor and memory, €0.04 an hour for the component itself"


def test_prices_of_many_cost_two_queries(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    known = [*manifests().values(), read_manifest(MANIFEST)]

    with django_assert_num_queries(2):
        assert len(prices_of(known, at=clock.now())) == len(known)
