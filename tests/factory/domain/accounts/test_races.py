"""What people do at the same moment in one team: on PostgreSQL, where only locks keep them from passing each other."""

import concurrent.futures
import datetime
import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import connection

from factory.domain.accounts import audit
from factory.domain.accounts.invitations import InvitationUnknown, accept, invite, withdraw
from factory.domain.accounts.members import MemberUnknown, OwnersAlone, change_role, let_go
from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import AuditEvent, Member, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import LastOwner, NoLongerAllowed, create_team, set_role
from factory.domain.runs.archiving import TeamRuns, archive_team
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER
from factory.foundation.errors import UserError
from factory.orchestration.admission import RunRefused, start_pipeline
from tests.factory.hello import hello_version

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 6
WRITERS = 40
NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def at_once(*deeds: Callable[[], object], refusals: tuple[type[UserError], ...]) -> list[bool]:
    """Whether each was done; all begin together. What is no refusal, such as a deadlock, is raised."""
    together = threading.Barrier(len(deeds))

    def act(deed: Callable[[], object]) -> bool:
        together.wait(30)
        try:
            deed()
        except refusals:
            return False
        finally:
            connection.close()
        return True

    with concurrent.futures.ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(act, deed) for deed in deeds]]


def member_of(user: User, team: Team) -> Membership:
    found = membership_of(user=user, slug=team.slug)
    assert found is not None
    return found


def owners(names: Sequence[str], slug: str) -> list[Membership]:
    users = [User.objects.get_or_create(username=name, email=f"{name}@example.org")[0] for name in names]
    team = create_team(slug=slug, name=slug)
    for user in users:
        set_role(team=team, user=user, role=Role.OWNER)
    return [member_of(user, team) for user in users]


@pytest.mark.parametrize("deed", ["demote", "remove"])
def test_of_owners_who_turn_on_each_other_in_a_circle_one_stays(deed: str) -> None:
    for number in range(ROUNDS):
        three = owners(("alice", "bob", "carol"), f"circle-{number}")

        def turn(by: Membership, other: Membership) -> Callable[[], object]:
            if deed == "demote":
                return partial(change_role, by=by, user_id=other.user.pk, role=Role.VIEWER, now=NOW)
            return partial(let_go, by=by, user_id=other.user.pk, now=NOW)

        following = [*three[1:], three[0]]
        turns = [turn(by, other) for by, other in zip(three, following, strict=True)]
        done = at_once(*turns, refusals=(LastOwner, NoLongerAllowed))

        assert sorted(done) == [False, True, True]
        assert Member.objects.filter(team=three[0].team, role=Role.OWNER).count() == 1


def test_changes_in_opposite_orders_do_not_wait_in_a_circle() -> None:
    for number in range(ROUNDS):
        alice, bob, carol = owners(("alice", "bob", "carol"), f"orders-{number}")

        done = at_once(
            partial(change_role, by=alice, user_id=carol.user.pk, role=Role.ADMIN, now=NOW),
            partial(let_go, by=bob, user_id=carol.user.pk, now=NOW),
            partial(change_role, by=alice, user_id=bob.user.pk, role=Role.ADMIN, now=NOW),
            partial(let_go, by=carol, user_id=carol.user.pk, now=NOW),
            refusals=(LastOwner, MemberUnknown, NoLongerAllowed, OwnersAlone),
        )

        assert any(done)
        assert not Member.objects.filter(team=alice.team, user=carol.user).exists()
        assert audit.broken_places(chain=alice.team.pk) == []


def test_an_invitation_is_accepted_or_withdrawn_but_never_both() -> None:
    for number in range(ROUNDS):
        (alice,) = owners(("alice",), f"answers-{number}")
        dave, _ = User.objects.get_or_create(username="dave", email="dave@example.org")
        made, text = invite(by=alice, email=dave.email, role=Role.VIEWER, now=NOW)

        join = partial(accept, text=text, user=dave, addresses={dave.email}, now=NOW)

        done = at_once(
            join, join, partial(withdraw, by=alice, invitation_id=made.pk, now=NOW), refusals=(InvitationUnknown,)
        )

        assert sorted(done) == [False, False, True]
        assert Member.objects.filter(team=alice.team, user=dave).exists() is not done[2]


def test_many_who_write_to_one_log_at_once_all_find_their_place() -> None:
    team = create_team(slug="crowd", name="Crowd")

    write = partial(audit.record, team=team, actor=None, action="run.started", subject="it", now=NOW)

    assert all(at_once(*[write] * WRITERS, refusals=()))
    assert AuditEvent.objects.filter(team=team).count() == WRITERS
    assert audit.broken_places(chain=team.pk) == []


def test_a_team_is_archived_or_its_pipeline_starts_but_never_both() -> None:
    for number in range(ROUNDS):
        pipeline = hello_version(NOW).pipeline
        team = pipeline.team
        owner = User.objects.create_user(f"owner-{number}", email=f"owner-{number}@example.org")
        set_role(team=team, user=owner, role=Role.OWNER)
        by = member_of(owner, team)

        started, archived = at_once(
            partial(start_pipeline, pipeline=pipeline, now=NOW, host="h", by=by),
            partial(archive_team, by=by, now=NOW),
            refusals=(RunRefused, TeamRuns),
        )

        assert started is not archived
        assert Run.objects.filter(team=team).exclude(state__in=OVER).exists() is started
        Team.objects.filter(pk=team.pk).update(slug=f"over-{number}")
