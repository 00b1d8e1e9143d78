"""The shell of the editor: one element, and what the program in it must know to begin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.accounts.selectors import name_of
from factory.doors.pages import permissions_policy
from factory.doors.pages.access import members_only
from factory.doors.pages.money_notice import money_of
from factory.doors.pages.pipelines import find_pipeline


@require_safe
@ensure_csrf_cookie
@members_only(Action.SEE)
def show_editor(request: HttpRequest, membership: Membership, slug: str) -> HttpResponse:
    pipeline = find_pipeline(membership, slug)
    team = membership.team.slug
    boot = {
        "team": team,
        "slug": pipeline.slug,
        "user": {"name": name_of(membership.user)},
        "role": membership.role.value,
        "may": {"edit": membership.may(Action.EDIT), "run": membership.may(Action.RUN)},
        "api": "/api/v1",
        "live": f"/live/{team}/{pipeline.slug}/",
        "pipelines": f"/t/{team}/",
        "money": money_of(membership),
        "nonce": str(getattr(request, "csp_nonce", "")),
    }
    response = render(request, "pages/editor.html", {"team": membership.team, "pipeline": pipeline, "boot": boot})
    response[permissions_policy.HEADER] = permissions_policy.CAPTURE
    return response
