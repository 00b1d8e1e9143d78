"""The front door: a landing page for strangers, the first page of a team of theirs for everybody else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.models import Member, User
from factory.domain.accounts.people import memberships_of
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import teams_of
from factory.domain.accounts.services import TeamExists, create_personal_team
from factory.doors.pages.access import any_member, signed_in
from factory.doors.pages.shell import first_page

_MOST_TEAMS = 100


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "pages/landing.html")
    first = _first_place(signed_in(request))
    if first is None:
        return render(request, "pages/no_team.html")
    return redirect(first_page(slug=first.team.slug, role=Role(first.role)))


@require_safe
@any_member
def show_team(request: HttpRequest, membership: Membership) -> HttpResponse:
    return redirect(first_page(slug=membership.team.slug, role=membership.role))


@login_required
@require_POST
def make_own_team(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if teams_of(user=user).exists():
        # A second click, or somebody who wants teams without end.
        return redirect("pages:home")
    try:
        team = create_personal_team(user=user)
    except TeamExists as error:
        messages.error(request, error.message)
        return redirect("pages:home")
    return redirect("pages:pipelines", team=team.slug)


def _first_place(user: User) -> Member | None:
    """In a team whose pipelines they may see, if there is one, else in one whose bills they pay."""
    places = list(memberships_of(user=user)[:_MOST_TEAMS])
    open_to_them = [place for place in places if may(Role(place.role), Action.SEE)]
    return next(iter(open_to_them or places), None)
