"""The members of a team, who is asked to become one, and what each may do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts import invitations, members
from factory.domain.accounts.invitation_mail import MailAway, send_invitation
from factory.domain.accounts.invitations import InvitationRefused, InvitationUnknown
from factory.domain.accounts.members import MemberUnknown, OwnersAlone
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Member
from factory.domain.accounts.policy import Action
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import members_of
from factory.domain.accounts.services import LastOwner
from factory.doors.pages.access import any_member, members_only
from factory.doors.pages.account_pages.mail_delivery import mail_delivery
from factory.doors.pages.shell import shell
from factory.foundation import clock

_MOST_SHOWN = 500
ROLE_WORDS = {
    Role.OWNER: "everything, and the team itself",
    Role.ADMIN: "everything but the team itself and its owners",
    Role.DEVELOPER: "draws, runs and publishes pipelines",
    Role.OPERATOR: "starts and stops runs",
    Role.VIEWER: "sees pipelines, runs and members",
    Role.BILLING: "sees and pays the bills, and nothing else",
}


@require_safe
@members_only(Action.SEE)
def show_members(request: HttpRequest, membership: Membership) -> HttpResponse:
    return _show(request, membership)


@require_POST
@members_only(Action.ADMINISTER)
def invite(request: HttpRequest, membership: Membership) -> HttpResponse:
    email, role = request.POST.get("email", "").strip(), _role_of(request)
    if role is None:
        return _show(request, membership, email=email, refusal="Choose a role.")
    try:
        made, text = invitations.invite(by=membership, email=email, role=role, now=clock.now())
        send_invitation(invitation=made, text=text)
    except (InvitationRefused, MailAway) as error:
        return _show(request, membership, email=email, role=role, refusal=error.message)
    reaches = mail_delivery().reaches_people
    messages.success(request, f"{made.email} is invited{' by mail' if reaches else '; see below where the mail is'}.")
    return redirect("pages:members", team=membership.team.slug)


@require_POST
@members_only(Action.ADMINISTER)
def withdraw(request: HttpRequest, membership: Membership, invitation: str) -> HttpResponse:
    try:
        invitations.withdraw(by=membership, invitation_id=invitation, now=clock.now())
    except InvitationUnknown as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The invitation is withdrawn; its link leads nowhere any more.")
    return redirect("pages:members", team=membership.team.slug)


@require_POST
@members_only(Action.ADMINISTER)
def change_role(request: HttpRequest, membership: Membership, member: int) -> HttpResponse:
    role = _role_of(request)
    try:
        if role is not None:
            changed = members.change_role(by=membership, user_id=member, role=role, now=clock.now())
            messages.success(request, f"{changed.user.email or changed.user} is now {role}.")
    except (MemberUnknown, OwnersAlone, LastOwner) as error:
        messages.error(request, error.message)
    return redirect("pages:members", team=membership.team.slug)


@require_POST
@any_member
def remove(request: HttpRequest, membership: Membership, member: int) -> HttpResponse:
    leaves = member == membership.user.pk
    if not leaves and not membership.may(Action.ADMINISTER):
        messages.error(request, "Removing members needs the role owner or admin.")
        return redirect("pages:members", team=membership.team.slug)
    try:
        members.let_go(by=membership, user_id=member, now=clock.now())
    except (MemberUnknown, OwnersAlone, LastOwner) as error:
        messages.error(request, error.message)
        return redirect("pages:members", team=membership.team.slug)
    if leaves:
        messages.success(request, f"You have left {membership.team.name}.")
        return redirect("pages:home")
    messages.success(request, "The member is removed, and their API tokens of this team with them.")
    return redirect("pages:members", team=membership.team.slug)


def _show(
    request: HttpRequest, membership: Membership, *, email: str = "", role: Role = Role.VIEWER, refusal: str = ""
) -> HttpResponse:
    administers = membership.may(Action.ADMINISTER)
    rows = list(members_of(team=membership.team)[:_MOST_SHOWN])
    content = {
        **shell(membership, "team", "members"),
        "rows": [(row, _is_open(membership, row)) for row in rows],
        "roles": [(each, ROLE_WORDS[each]) for each in Role],
        "grantable": [each for each in Role if each is not Role.OWNER or membership.may(Action.OWN)],
        "invitations": invitations.invitations_of(by=membership)[:_MOST_SHOWN] if administers else [],
        "now": clock.now(),
        "email": email,
        "chosen": role,
        "refusal": refusal,
    }
    return render(request, "pages/team/members.html", content, status=422 if refusal else 200)


def _is_open(membership: Membership, member: Member) -> bool:
    return members.may_change(by=membership, member=member)


def _role_of(request: HttpRequest) -> Role | None:
    given = request.POST.get("role", "")
    return Role(given) if given in set(Role) else None
