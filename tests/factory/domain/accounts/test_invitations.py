import datetime

import pytest
from django.core import mail

from factory.domain.accounts import invitations
from factory.domain.accounts.invitation_mail import send_invitation
from factory.domain.accounts.invitations import (
    InvitationForAnother,
    InvitationRefused,
    InvitationUnknown,
    Standing,
    accept,
    decline,
    invitation_of,
    invitations_of,
    invite,
    standing_of,
    withdraw,
)
from factory.domain.accounts.members import change_role, let_go
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import AuditEvent, Invitation, Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import role_of
from factory.domain.accounts.services import create_team, set_role
from tests.factory.domain.accounts.conftest import member_of

CAROL = "carol@example.org"


@pytest.fixture
def carol(db: None) -> User:
    return User.objects.create_user("carol", email=CAROL)


def test_who_accepts_becomes_a_member_with_the_role_and_the_link_is_used_up(
    owner: Membership, studio: Team, carol: User, now: datetime.datetime
) -> None:
    made, text = invite(by=owner, email=CAROL, role=Role.OPERATOR, now=now)
    assert text not in str(Invitation.objects.values().get())

    accept(text=text, user=carol, addresses={CAROL.upper()}, now=now)

    assert role_of(user=carol, team=studio) is Role.OPERATOR
    made.refresh_from_db()
    assert standing_of(invitation=made, now=now) is Standing.ACCEPTED
    with pytest.raises(InvitationUnknown):
        accept(text=text, user=carol, addresses={CAROL}, now=now)
    assert [event.action for event in AuditEvent.objects.all()] == ["member.invited", "member.joined"]


def test_it_is_for_whose_address_it_is_alone(owner: Membership, bob: User, now: datetime.datetime) -> None:
    _, text = invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)

    with pytest.raises(InvitationForAnother, match=CAROL):
        accept(text=text, user=bob, addresses={"bob@example.org"}, now=now)
    with pytest.raises(InvitationForAnother):
        accept(text=text, user=bob, addresses=set(), now=now)


def test_it_holds_for_a_week(owner: Membership, carol: User, now: datetime.datetime) -> None:
    made, text = invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)
    late = now + datetime.timedelta(days=7)

    assert standing_of(invitation=made, now=late) is Standing.EXPIRED
    with pytest.raises(InvitationUnknown, match="another"):
        accept(text=text, user=carol, addresses={CAROL}, now=late)


def test_inviting_again_withdraws_the_older_link(owner: Membership, carol: User, now: datetime.datetime) -> None:
    _, old = invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)
    _, new = invite(by=owner, email=CAROL.title(), role=Role.ADMIN, now=now)

    with pytest.raises(InvitationUnknown):
        accept(text=old, user=carol, addresses={CAROL}, now=now)
    member, is_new = accept(text=new, user=carol, addresses={CAROL}, now=now)
    assert (member.role, is_new) == (Role.ADMIN, True)


def test_withdrawn_and_declined_ones_lead_nowhere(owner: Membership, carol: User, now: datetime.datetime) -> None:
    made, text = invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)
    withdraw(by=owner, invitation_id=made.pk, now=now)
    with pytest.raises(InvitationUnknown):
        decline(text=text, user=None, now=now)
    with pytest.raises(InvitationUnknown):
        withdraw(by=owner, invitation_id=made.pk, now=now)

    _, text = invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)
    decline(text=text, user=None, now=now)
    with pytest.raises(InvitationUnknown):
        accept(text=text, user=carol, addresses={CAROL}, now=now)
    assert not invitations_of(by=owner).exists()


def test_owners_alone_invite_owners(owner: Membership, admin: Membership, now: datetime.datetime) -> None:
    with pytest.raises(InvitationRefused, match="owner"):
        invite(by=admin, email=CAROL, role=Role.OWNER, now=now)
    assert invite(by=owner, email=CAROL, role=Role.OWNER, now=now)


@pytest.mark.parametrize("email", ["", "carol", "carol@", "a b@example.org", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused(owner: Membership, now: datetime.datetime, email: str) -> None:
    with pytest.raises(InvitationRefused, match="e-mail"):
        invite(by=owner, email=email, role=Role.VIEWER, now=now)


def test_members_are_not_invited_and_a_role_of_theirs_stays(
    owner: Membership, admin: Membership, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvitationRefused, match="member already"):
        invite(by=owner, email="BOB@example.org", role=Role.VIEWER, now=now)
    monkeypatch.setattr(invitations, "MOST_WAITING", 1)
    invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)
    with pytest.raises(InvitationRefused, match="withdraw"):
        invite(by=owner, email="dave@example.org", role=Role.VIEWER, now=now)


def test_the_mail_has_the_link_and_says_who_asks(owner: Membership, now: datetime.datetime) -> None:
    made, text = invite(by=owner, email=CAROL, role=Role.OPERATOR, now=now)

    send_invitation(invitation=made, text=text)

    [sent] = mail.outbox
    assert sent.to == [CAROL]
    assert f"/invitations/{text}/" in sent.body
    assert "alice@example.org asks you to join" in sent.body
    assert "29 November 2026, 12:00 UTC" in sent.body


def test_a_text_that_is_no_link_finds_nothing(owner: Membership) -> None:
    assert invitation_of(text="mpi_nothing") is None


@pytest.mark.parametrize("role", [Role.DEVELOPER, None], ids=["demoted", "let go"])
def test_invitations_of_who_may_send_none_any_more_end(
    owner: Membership, admin: Membership, carol: User, now: datetime.datetime, role: Role | None
) -> None:
    _, text = invite(by=admin, email=CAROL, role=Role.ADMIN, now=now)
    if role is None:
        let_go(by=owner, user_id=admin.user.pk, now=now)
    else:
        change_role(by=owner, user_id=admin.user.pk, role=role, now=now)

    with pytest.raises(InvitationUnknown):
        accept(text=text, user=carol, addresses={CAROL}, now=now)
    assert not invitations_of(by=owner).exists()


def test_who_is_an_owner_no_more_has_asked_nobody_to_be_one(
    owner: Membership, admin: Membership, carol: User, now: datetime.datetime
) -> None:
    change_role(by=owner, user_id=admin.user.pk, role=Role.OWNER, now=now)
    second = member_of(admin.user, owner.team)
    _, to_own = invite(by=second, email=CAROL, role=Role.OWNER, now=now)
    invite(by=second, email="dave@example.org", role=Role.VIEWER, now=now)

    change_role(by=owner, user_id=second.user.pk, role=Role.ADMIN, now=now)

    with pytest.raises(InvitationUnknown):
        accept(text=to_own, user=carol, addresses={CAROL}, now=now)
    assert [each.email for each in invitations_of(by=owner)] == ["dave@example.org"]


def test_who_is_a_member_already_keeps_their_role_and_the_log_says_so(
    owner: Membership, studio: Team, carol: User, now: datetime.datetime
) -> None:
    _, text = invite(by=owner, email=CAROL, role=Role.ADMIN, now=now)
    set_role(team=studio, user=carol, role=Role.VIEWER)

    member, is_new = accept(text=text, user=carol, addresses={CAROL}, now=now)

    assert (member.role, is_new) == (Role.VIEWER, False)
    event = AuditEvent.objects.order_by("number").last()
    assert event is not None
    assert (event.action, event.details["role"]) == ("invitation.accepted", "viewer")


def test_nobody_floods_a_mailbox_or_the_world_with_invitations(
    owner: Membership, alice: User, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create_team(slug="other", name="Other", owner=alice)
    for _ in range(invitations.MOST_TO_ONE_A_DAY):
        invite(by=owner, email=CAROL, role=Role.VIEWER, now=now)

    with pytest.raises(InvitationRefused, match="within a day"):
        invite(by=member_of(alice, other), email=CAROL.upper(), role=Role.VIEWER, now=now)
    monkeypatch.setattr(invitations, "MOST_A_DAY", invitations.MOST_TO_ONE_A_DAY)
    with pytest.raises(InvitationRefused, match="tomorrow"):
        invite(by=owner, email="dave@example.org", role=Role.VIEWER, now=now)
    invite(by=owner, email=CAROL, role=Role.VIEWER, now=now + datetime.timedelta(days=1))
