"""What the API does to pipelines and to what runs is in the team's audit log, by whom and from what."""

import datetime

import pytest
from django.test import Client

from factory.domain.accounts.membership import membership_of
from factory.domain.accounts.models import AuditEvent, Team, User
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Run
from factory.domain.runs.services import change_parameters
from tests.factory.doors.api.browsers import HELLO, TEAM, send
from tests.factory.hello import HELLO as HELLO_TEXT

MINUTE = datetime.timedelta(minutes=1)
EMPTY = {"api_version": 1, "name": "third", "nodes": {}}


def told(team: Team, kind: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(team=team, action__startswith=kind).order_by("number"))


def test_who_made_a_pipeline_and_from_what_is_told(pipeline: Pipeline, developer: Client, team: Team) -> None:
    send(developer, "POST", f"{TEAM}/pipelines", {"name": "First"})
    send(developer, "POST", f"{TEAM}/pipelines", {"name": "Third", "document": EMPTY})
    developer.generic("POST", f"{TEAM}/pipelines/import", HELLO_TEXT, "application/yaml")
    send(developer, "POST", f"{HELLO}/copy", {"name": "Fourth"})

    events = [event for event in told(team, "pipeline.") if event.actor_name == "bob-developer@example.org"]

    assert [(event.action, event.subject, event.details) for event in events] == [
        ("pipeline.made", "First", {"pipeline": "first"}),
        ("pipeline.made", "Third", {"pipeline": "third"}),
        ("pipeline.made", "hello 2", {"pipeline": "hello-2", "from": "a file"}),
        ("pipeline.made", "Fourth", {"pipeline": "fourth", "from": "a copy of hello"}),
    ]


def test_what_is_not_made_is_not_told(pipeline: Pipeline, developer: Client, team: Team) -> None:
    before = len(told(team, "pipeline."))

    assert send(developer, "POST", f"{TEAM}/pipelines", {"name": "hello"}).status_code == 409

    assert len(told(team, "pipeline.")) == before


def test_a_live_change_is_told_by_the_names_of_what_it_changes(run: Run, developer: Client, team: Team) -> None:
    for _ in range(2):
        send(developer, "PATCH", f"{HELLO}/runs/{run.pk}/nodes/caption", {"parameters": {"text": "Bye"}})

    (event,) = told(team, "run.changed")
    assert (event.actor_name, event.subject) == ("bob-developer@example.org", "hello")
    assert event.details == {"run": run.pk, "node": "caption", "parameters": ["text"]}


@pytest.mark.parametrize(("apart", "many"), [(MINUTE / 600, 1), (MINUTE, 2), (MINUTE * 1.01, 3)])
def test_a_slider_that_is_drawn_is_told_once_a_minute(
    run: Run, team: Team, alice: User, now: datetime.datetime, apart: datetime.timedelta, many: int
) -> None:
    membership = membership_of(user=alice, slug=team.slug)

    for step in range(3):
        change_parameters(
            run_id=run.pk, node="caption", parameters={"text": str(step)}, now=now + apart * step, by=membership
        )

    assert len(told(team, "run.changed")) == many
