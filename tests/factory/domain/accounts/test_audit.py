import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, connections, transaction

from factory.domain.accounts import audit
from factory.domain.accounts.append_only import NeverChanged
from factory.domain.accounts.models import AuditEvent, Team, User

AT_ONCE = 8


def write(team: Team | None, action: str, now: datetime.datetime, *, actor: User | None = None) -> AuditEvent:
    return audit.record(team=team, actor=actor, action=action, subject="it", now=now, details={"when": now})


def test_events_of_a_team_are_numbered_and_each_holds_the_one_before(
    studio: Team, alice: User, now: datetime.datetime
) -> None:
    first = write(studio, "team.made", now, actor=alice)
    second = write(studio, "team.renamed", now)

    assert [(event.number, event.action) for event in audit.events_of(team=studio)] == [
        (2, "team.renamed"),
        (1, "team.made"),
    ]
    assert (first.previous, second.previous) == ("", first.digest)
    assert (first.actor_name, second.actor_name) == ("alice@example.org", "")
    assert audit.broken_places(chain=studio.pk) == []


def test_what_belongs_to_no_team_is_a_log_of_its_own(studio: Team, alice: User, now: datetime.datetime) -> None:
    write(studio, "team.made", now)
    own = write(None, "account.signed_in", now, actor=alice)

    assert own.number == 1
    assert list(audit.events_by(user=alice)) == [own]


def test_an_event_is_neither_changed_nor_deleted(studio: Team, now: datetime.datetime) -> None:
    event = write(studio, "team.made", now)

    event.subject = "another"
    for deed in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(NeverChanged):
            deed()
    with pytest.raises(NeverChanged):
        AuditEvent.objects.update(subject="another")


@pytest.mark.parametrize("change", ["subject = 'another'", "number = 7", "details = '{}'"])
def test_who_changes_a_row_past_the_models_breaks_the_chain(studio: Team, now: datetime.datetime, change: str) -> None:
    for action in ("team.made", "member.invited", "member.joined"):
        write(studio, action, now)
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_auditevent SET {change} WHERE number = 2")
        return

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_auditevent SET {change} WHERE number = 2")

    assert audit.broken_places(chain=studio.pk)


def test_details_that_are_too_long_are_left_out_and_it_is_said(studio: Team, now: datetime.datetime) -> None:
    event = audit.record(team=studio, actor=None, action="a.b", subject="x" * 900, now=now, details={"a": "x" * 9000})

    assert event.details == {"left_out": "the details are too long"}
    assert len(event.subject) == 300
    assert audit.broken_places(chain=studio.pk) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_one_chain_without_gaps(now: datetime.datetime) -> None:
    team = Team.objects.create(slug="crowd", name="Crowd")

    def one(number: int) -> None:
        try:
            write(team, f"run.started_{number}", now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(AT_ONCE)))

    assert [event.number for event in audit.events_of(team=team)] == list(range(AT_ONCE, 0, -1))
    assert audit.broken_places(chain=team.pk) == []
