"""The front door: a landing page for strangers, their pipelines for everybody else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts.selectors import teams_of
from factory.domain.accounts.services import TeamExists, create_personal_team
from factory.doors.pages.access import signed_in


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "pages/landing.html")
    team = teams_of(user=signed_in(request)).first()
    if team is None:
        return render(request, "pages/no_team.html")
    return redirect("pages:pipelines", team=team.slug)


@login_required
@require_POST
def make_own_team(request: HttpRequest) -> HttpResponse:
    try:
        team = create_personal_team(user=signed_in(request))
    except TeamExists as error:
        messages.error(request, error.message)
        return redirect("pages:home")
    return redirect("pages:pipelines", team=team.slug)
