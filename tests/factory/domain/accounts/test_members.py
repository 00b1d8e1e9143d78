import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from factory.domain.accounts.api_tokens import make_api_token
from factory.domain.accounts.invitations import invite, withdraw
from factory.domain.accounts.members import MemberUnknown, OwnersAlone, change_role, let_go, may_change, rename_team
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import ApiToken, AuditEvent, Member, Team, User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import role_of
from factory.domain.accounts.services import (
    LastOwner,
    NoLongerAllowed,
    TeamExists,
    TeamRefused,
    create_team,
    found_team,
    set_role,
)
from factory.domain.runs.archiving import archive_team
from tests.factory.domain.accounts.conftest import member_of


def test_an_admin_changes_everybody_but_owners(
    owner: Membership, admin: Membership, studio: Team, now: datetime.datetime
) -> None:
    carol = User.objects.create_user("carol")
    set_role(team=studio, user=carol, role=Role.VIEWER)

    change_role(by=admin, user_id=carol.pk, role=Role.DEVELOPER, now=now)

    assert role_of(user=carol, team=studio) is Role.DEVELOPER
    for deed in (
        lambda: change_role(by=admin, user_id=owner.user.pk, role=Role.VIEWER, now=now),
        lambda: change_role(by=admin, user_id=carol.pk, role=Role.OWNER, now=now),
        lambda: let_go(by=admin, user_id=owner.user.pk, now=now),
    ):
        with pytest.raises(OwnersAlone):
            deed()
    assert [may_change(by=admin, member=row) for row in Member.objects.order_by("pk")] == [False, True, True]


def test_the_last_owner_can_neither_go_nor_become_less(owner: Membership, now: datetime.datetime) -> None:
    with pytest.raises(LastOwner):
        let_go(by=owner, user_id=owner.user.pk, now=now)
    with pytest.raises(LastOwner):
        change_role(by=owner, user_id=owner.user.pk, role=Role.ADMIN, now=now)


def test_an_owner_who_cannot_sign_in_is_none(owner: Membership, admin: Membership, now: datetime.datetime) -> None:
    change_role(by=owner, user_id=admin.user.pk, role=Role.OWNER, now=now)
    User.objects.filter(pk=admin.user.pk).update(is_active=False)

    with pytest.raises(LastOwner):
        let_go(by=owner, user_id=owner.user.pk, now=now)


def test_leaving_is_everybodys_right_and_is_written_down(
    owner: Membership, admin: Membership, studio: Team, now: datetime.datetime
) -> None:
    let_go(by=admin, user_id=admin.user.pk, now=now)

    assert role_of(user=admin.user, team=studio) is None
    assert [event.action for event in AuditEvent.objects.all()] == ["member.left"]


def test_who_is_no_member_cannot_be_changed(owner: Membership, now: datetime.datetime) -> None:
    stranger = User.objects.create_user("stranger")

    with pytest.raises(MemberUnknown):
        change_role(by=owner, user_id=stranger.pk, role=Role.VIEWER, now=now)


def test_a_team_is_renamed_and_its_old_name_kept_in_the_log(owner: Membership, now: datetime.datetime) -> None:
    rename_team(by=owner, name="  A  better name ", now=now)

    assert Team.objects.get(slug="studio").name == "A better name"
    assert AuditEvent.objects.get().details == {"from": "The studio", "to": "A better name"}
    with pytest.raises(TeamRefused):
        rename_team(by=owner, name=" ", now=now)


def test_a_further_team_gets_its_short_name_from_its_name(alice: User, now: datetime.datetime) -> None:
    team = found_team(user=alice, name="Night Crew", slug="", now=now)

    assert team.slug == "night-crew"
    assert member_of(alice, team).role is Role.OWNER


@pytest.mark.parametrize("slug", ["x", "-x", "Ünder", "a b", "a" * 41])
def test_a_short_name_that_cannot_be_one_is_refused(alice: User, now: datetime.datetime, slug: str) -> None:
    with pytest.raises(TeamRefused):
        found_team(user=alice, name="Crew", slug=slug, now=now)


@pytest.mark.parametrize("slug", ["new", "own", "studio", "home"])
def test_words_of_addresses_and_taken_names_are_refused(
    studio: Team, alice: User, now: datetime.datetime, slug: str
) -> None:
    with pytest.raises(TeamExists):
        found_team(user=alice, name="Crew", slug=slug, now=now)


def test_an_archived_team_is_nobodys(owner: Membership, studio: Team, now: datetime.datetime) -> None:
    Team.objects.filter(pk=studio.pk).update(archived_at=now)

    assert role_of(user=owner.user, team=studio) is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_remove_each_other_at_once_one_stays(now: datetime.datetime) -> None:
    alice, bob = (User.objects.create_user(name, email=f"{name}@example.org") for name in ("alice", "bob"))
    team = create_team(slug="duel", name="Duel", owner=alice)
    set_role(team=team, user=bob, role=Role.OWNER)
    pairs = [(member_of(alice, team), bob.pk), (member_of(bob, team), alice.pk)]

    def remove(pair: tuple[Membership, int]) -> bool:
        try:
            let_go(by=pair[0], user_id=pair[1], now=now)
        except (LastOwner, NoLongerAllowed):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(remove, pairs))

    assert sorted(done) == [False, True]
    assert Member.objects.filter(team=team, role=Role.OWNER).count() == 1


@pytest.mark.parametrize("role", [Role.VIEWER, None], ids=["demoted", "let go"])
def test_who_lost_the_right_meanwhile_is_refused_with_what_they_had_in_hand(
    owner: Membership, admin: Membership, studio: Team, now: datetime.datetime, role: Role | None
) -> None:
    carol = User.objects.create_user("carol", email="carol@example.org")
    set_role(team=studio, user=carol, role=Role.VIEWER)
    made, _ = invite(by=owner, email="dave@example.org", role=Role.VIEWER, now=now)
    if role is None:
        let_go(by=owner, user_id=admin.user.pk, now=now)
    else:
        change_role(by=owner, user_id=admin.user.pk, role=role, now=now)

    for deed in (
        lambda: change_role(by=admin, user_id=carol.pk, role=Role.ADMIN, now=now),
        lambda: let_go(by=admin, user_id=carol.pk, now=now),
        lambda: invite(by=admin, email="bob2@example.org", role=Role.ADMIN, now=now),
        lambda: withdraw(by=admin, invitation_id=made.pk, now=now),
    ):
        with pytest.raises(NoLongerAllowed):
            deed()
    assert role_of(user=carol, team=studio) is Role.VIEWER


def test_a_former_owner_neither_renames_nor_archives_nor_makes_owners(
    owner: Membership, admin: Membership, studio: Team, now: datetime.datetime
) -> None:
    change_role(by=owner, user_id=admin.user.pk, role=Role.OWNER, now=now)
    change_role(by=member_of(admin.user, studio), user_id=owner.user.pk, role=Role.ADMIN, now=now)
    carol = User.objects.create_user("carol")
    set_role(team=studio, user=carol, role=Role.VIEWER)

    for deed, refusal in (
        (lambda: rename_team(by=owner, name="Mine", now=now), NoLongerAllowed),
        (lambda: archive_team(by=owner, now=now), NoLongerAllowed),
        (lambda: change_role(by=owner, user_id=carol.pk, role=Role.OWNER, now=now), OwnersAlone),
        (lambda: let_go(by=owner, user_id=admin.user.pk, now=now), OwnersAlone),
    ):
        with pytest.raises(refusal):
            deed()
    assert Team.objects.get(pk=studio.pk).archived_at is None


def test_who_was_let_go_meanwhile_makes_no_token_that_would_wait_for_their_return(
    owner: Membership, admin: Membership, now: datetime.datetime
) -> None:
    let_go(by=owner, user_id=admin.user.pk, now=now)

    with pytest.raises(NoLongerAllowed):
        make_api_token(membership=admin, name="later", scopes=[Action.SEE], now=now)
    assert not ApiToken.objects.exists()
