"""A team itself: what it is called, leaving it, archiving it; and making another."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from factory.domain.accounts import members
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.accounts.selectors import teams_of
from factory.domain.accounts.services import HOME_TEAM, TeamExists, TeamRefused, found_team
from factory.domain.billing.trials import had_trial
from factory.domain.runs.archiving import HomeTeamStays, TeamRuns, archive_team
from factory.doors.pages.access import any_member, members_only, signed_in
from factory.doors.pages.shell import shell
from factory.foundation import clock


@require_http_methods(["GET", "HEAD", "POST"])
@any_member
def show_settings(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.method != "POST":
        return _show(request, membership)
    if not membership.may(Action.OWN):
        messages.error(request, "Renaming the team needs the role owner.")
        return redirect("pages:team_settings", team=membership.team.slug)
    try:
        members.rename_team(by=membership, name=request.POST.get("name", ""), now=clock.now())
    except TeamRefused as error:
        membership.team.refresh_from_db(fields=["name"])
        return _show(request, membership, name=request.POST.get("name", ""), refusal=error.message)
    messages.success(request, f"The team is called {membership.team.name} now.")
    return redirect("pages:team_settings", team=membership.team.slug)


@require_POST
@members_only(Action.OWN)
def archive(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.POST.get("typed", "").strip() != membership.team.slug:
        messages.error(request, f"Type {membership.team.slug} to archive the team; nothing was done.")
        return redirect("pages:team_settings", team=membership.team.slug)
    try:
        archive_team(by=membership, now=clock.now())
    except (HomeTeamStays, TeamRuns) as error:
        messages.error(request, error.message)
        return redirect("pages:team_settings", team=membership.team.slug)
    messages.success(request, f"{membership.team.name} is archived.")
    return redirect("pages:home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def make_team(request: HttpRequest) -> HttpResponse:
    user, given, refusal = signed_in(request), {"name": "", "slug": ""}, ""
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        try:
            team = found_team(user=user, name=given["name"], slug=given["slug"], now=clock.now())
        except (TeamExists, TeamRefused) as error:
            refusal = error.message
        else:
            messages.success(request, f"{team.name} is made; invite its members here.")
            return redirect("pages:members", team=team.slug)
    begins_without = settings.FACTORY_CREDIT_NEEDED and had_trial(user=user)
    content = {"teams": teams_of(user=user), "given": given, "refusal": refusal, "begins_without": begins_without}
    return render(request, "pages/team/new_team.html", content, status=422 if refusal else 200)


def _show(request: HttpRequest, membership: Membership, *, name: str = "", refusal: str = "") -> HttpResponse:
    content = {
        **shell(membership, "team", "settings"),
        "name": name or membership.team.name,
        "refusal": refusal,
        "is_home": membership.team.slug == HOME_TEAM,
    }
    return render(request, "pages/team/settings.html", content, status=422 if refusal else 200)
