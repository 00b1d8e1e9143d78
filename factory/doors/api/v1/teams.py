"""Teams, their members, and who is asked to become one."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from factory.domain.accounts import invitations, members, models
from factory.domain.accounts.invitation_mail import send_invitation
from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.policy import Action
from factory.domain.accounts.selectors import members_of, name_of, teams_of
from factory.domain.accounts.services import found_team
from factory.domain.runs.archiving import archive_team
from factory.doors.api.v1.access import enter_in_person, enter_member, enter_team, person, themselves, token_in
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.shapes.teams import (
    Invitation,
    InvitationList,
    Member,
    MemberList,
    NewInvitation,
    NewTeam,
    Person,
    RoleChange,
    Team,
    TeamChange,
    TeamList,
)
from factory.foundation import clock

router = Router(tags=["teams"])
_MOST_TEAMS = 200


@router.get("/me", response=Person)
def show_me(request: HttpRequest) -> Person:
    """Who asks, with what, and in which teams."""
    user, token = person(request), token_in(request)
    return Person(
        name=name_of(user),
        email=user.email,
        token=token.prefix if token is not None else None,
        scopes=[Action(scope) for scope in token.scopes] if token is not None else None,
        teams=_teams(request),
    )


@router.get("/teams", response=TeamList)
def list_teams(request: HttpRequest) -> TeamList:
    """The teams of who asks; the one of their token where they come with one."""
    return TeamList(items=_teams(request))


@router.post("/teams", response={201: Team})
def make_team(request: HttpRequest, response: HttpResponse, new: NewTeam) -> Team:
    """Make a team of which one is the owner."""
    user = themselves(request)
    team = found_team(user=user, name=new.name, slug=new.slug, now=clock.now())
    response["Location"] = f"/api/v1/teams/{team.slug}"
    return Team.of(enter_member(request, team.slug))


@router.get("/teams/{slug:team}", response=Team)
def show_team(request: HttpRequest, team: str) -> Team:
    """A team, and what one may do in it."""
    return Team.of(enter_member(request, team))


@router.patch("/teams/{slug:team}", response=Team)
def change_team(request: HttpRequest, team: str, change: TeamChange) -> Team:
    """Call a team otherwise; its addresses stay."""
    membership = enter_in_person(request, team, Action.OWN)
    members.rename_team(by=membership, name=change.name, now=clock.now())
    return Team.of(membership)


@router.delete("/teams/{slug:team}", response={204: None})
def delete_team(request: HttpRequest, team: str) -> None:
    """Archive a team without unfinished runs: nobody sees it any more, and what it did and paid for is kept."""
    archive_team(by=enter_in_person(request, team, Action.OWN), now=clock.now())


@router.get("/teams/{slug:team}/members", response=MemberList)
def list_members(request: HttpRequest, team: str, limit: Limit = USUAL, cursor: Cursor = "") -> MemberList:
    """Who is in a team, who came last first."""
    membership = enter_team(request, team, Action.SEE)
    rows: QuerySet[models.Member] = members_of(team=membership.team)
    found, following = cut(rows, by="joined_at", cursor=cursor, limit=limit, what="members")
    return MemberList(items=[Member.of(row) for row in found], next=following)


@router.patch("/teams/{slug:team}/members/{int:member}", response=Member)
def change_member(request: HttpRequest, team: str, member: int, change: RoleChange) -> Member:
    """Give a member another role; at once in force."""
    by = enter_in_person(request, team, Action.ADMINISTER)
    return Member.of(members.change_role(by=by, user_id=member, role=change.role, now=clock.now()))


@router.delete("/teams/{slug:team}/members/{int:member}", response={204: None})
def remove_member(request: HttpRequest, team: str, member: int) -> None:
    """Let a member go, or leave oneself."""
    leaves = member == person(request).pk
    by = enter_member(request, team) if leaves else enter_team(request, team, Action.ADMINISTER)
    themselves(request)
    members.let_go(by=by, user_id=member, now=clock.now())


@router.get("/teams/{slug:team}/invitations", response=InvitationList)
def list_invitations(request: HttpRequest, team: str, limit: Limit = USUAL, cursor: Cursor = "") -> InvitationList:
    """Who is asked to become a member and has not answered."""
    rows = invitations.invitations_of(by=enter_team(request, team, Action.ADMINISTER))
    found, following = cut(rows, by="invited_at", cursor=cursor, limit=limit, what="invitations")
    return InvitationList(items=[Invitation.of(row) for row in found], next=following)


@router.post("/teams/{slug:team}/invitations", response={201: Invitation})
def make_invitation(request: HttpRequest, team: str, new: NewInvitation) -> Invitation:
    """Ask someone by mail to become a member; an older invitation to them is withdrawn."""
    by = enter_in_person(request, team, Action.ADMINISTER)
    made, text = invitations.invite(by=by, email=new.email, role=new.role, now=clock.now())
    send_invitation(invitation=made, text=text)
    return Invitation.of(made)


@router.delete("/teams/{slug:team}/invitations/{slug:invitation}", response={204: None})
def withdraw_invitation(request: HttpRequest, team: str, invitation: str) -> None:
    """Withdraw an invitation that waits; its link leads nowhere any more."""
    by = enter_in_person(request, team, Action.ADMINISTER)
    invitations.withdraw(by=by, invitation_id=invitation, now=clock.now())


def _teams(request: HttpRequest) -> list[Team]:
    user, token = person(request), token_in(request)
    mine = [membership_of(user=user, slug=team.slug, token=token) for team in teams_of(user=user)[:_MOST_TEAMS]]
    return [Team.of(membership) for membership in mine if isinstance(membership, Membership)]
