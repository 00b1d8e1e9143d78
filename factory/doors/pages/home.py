"""The front door: a landing page for strangers, their pipelines for everybody else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.selectors import role_of, teams_of
from factory.domain.accounts.services import TeamExists, create_personal_team
from factory.doors.pages.access import signed_in

_MOST_TEAMS = 100


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "pages/landing.html")
    team = _first_team(signed_in(request))
    if team is None:
        return render(request, "pages/no_team.html")
    return redirect("pages:pipelines", team=team.slug)


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


def _first_team(user: User) -> Team | None:
    """One whose pipelines they may see, if there is one: the front door must not lead to a refusal."""
    teams = list(teams_of(user=user)[:_MOST_TEAMS])
    roles = {team: role_of(user=user, team=team) for team in teams}
    open_to_them = [team for team, role in roles.items() if role is not None and may(role, Action.SEE)]
    return next(iter(open_to_them or teams), None)
