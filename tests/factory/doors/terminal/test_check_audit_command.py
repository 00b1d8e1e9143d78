"""`manage.py check_audit`: a log that somebody changed past the product is found."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from factory.domain.accounts.audit import record
from factory.domain.accounts.models import AuditEvent, Team, User
from factory.domain.accounts.services import create_team

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Team:
    """Two logs: of a team with three events, of no team with one."""
    alice = User.objects.create_user("alice", email="alice@example.org")
    team = create_team(slug="studio", name="The studio", owner=alice)
    for action in ("team.made", "member.invited", "member.joined"):
        record(team=team, actor=alice, action=action, subject="it", now=NOW)
    record(team=None, actor=alice, action="account.signed_in", subject="alice", now=NOW)
    return team


def past_the_product(statement: str) -> None:
    """What somebody does who has the whole database; on PostgreSQL they take the trigger away first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE accounts_auditevent DISABLE TRIGGER never_changed")
        cursor.execute(statement)


def test_logs_that_hold_are_told_with_their_newest_event(studio: Team, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_audit")

    newest = AuditEvent.objects.get(team=studio, number=3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("(no team): 1 events, the newest ")
    assert lines[1:] == [f"studio: 3 events, the newest {newest.digest}"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE accounts_auditevent SET subject = 'other' WHERE number = 2", "event 2 (member.invited) is not as it"),
        ("DELETE FROM accounts_auditevent WHERE number = 2", "1 events are missing before event 3"),
    ],
)
def test_a_log_that_was_changed_fails_and_is_told_beside_those_that_hold(
    studio: Team, capsys: pytest.CaptureFixture[str], statement: str, words: str
) -> None:
    past_the_product(statement)

    with pytest.raises(CommandError, match="1 audit logs are not as they were written") as error:
        call_command("check_audit")

    said = capsys.readouterr().out
    assert error.value.returncode == 1
    assert f"studio: {words}" in said
    assert "(no team): 1 events" in said
