"""Where the link of an invitation leads: to a yes or a no, or to what stands in their way."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts import invitations
from factory.domain.accounts.invitations import InvitationForAnother, InvitationUnknown, Standing
from factory.domain.accounts.models import User
from factory.domain.accounts.selectors import role_of
from factory.doors.pages.access import signed_in
from factory.foundation import clock


@never_cache
@require_safe
def show_invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = invitations.invitation_of(text=token)
    standing = invitations.standing_of(invitation=found, now=clock.now()) if found is not None else None
    waits = standing is Standing.WAITING
    user = request.user if isinstance(request.user, User) else None
    content = {
        "invitation": found,
        "standing": standing.value if standing is not None else "unknown",
        "token": token,
        "here": request.path,
        "own_role": role_of(user=user, team=found.team) if user is not None and found is not None else None,
        "is_mine": user is not None and found is not None and found.email.lower() in _addresses(user),
    }
    return render(request, "pages/team/invitation.html", content, status=200 if waits else 404)


@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    user = signed_in(request)
    try:
        member, is_new = invitations.accept(text=token, user=user, addresses=_addresses(user), now=clock.now())
    except (InvitationForAnother, InvitationUnknown) as error:
        messages.error(request, error.message)
        return redirect("pages:invitation", token=token)
    told = f"You are a member of {member.team.name} now, as {member.role}."
    if not is_new:
        told = (
            f"You are a member of {member.team.name} already, and stay {member.role}; the invitation changes nothing."
        )
    messages.success(request, told)
    return redirect("pages:team", team=member.team.slug)


@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    try:
        found = invitations.decline(text=token, user=user, now=clock.now())
    except InvitationUnknown as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"You have declined to join {found.team.name}.")
    return redirect("pages:home")


def _addresses(user: User) -> set[str]:
    """Those that were proved to be theirs, in lowercase."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {str(address).lower() for address in proved}
