"""API tokens of a member: made here, shown once, revoked here."""

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from factory.domain.accounts.api_tokens import (
    SCOPES,
    ApiTokenRefused,
    ApiTokenUnknown,
    make_api_token,
    revoke_api_token,
    tokens_of,
)
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.doors.pages.access import any_member
from factory.doors.pages.shell import shell
from factory.foundation import clock

LIVES = ((30, "30 days"), (90, "90 days"), (365, "a year"), (0, "never"))
SCOPE_WORDS = {
    Action.SEE: "look at pipelines, runs and usage",
    Action.RUN: "start and stop runs",
    Action.EDIT: "create, change and publish pipelines",
    Action.ADMINISTER: "secrets, components and the audit log",
    Action.PAY: "see the bills and set the cap",
}
_MOST_SHOWN = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@any_member
def show_tokens(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.method != "POST":
        return _show(request, membership)
    days = request.POST.get("days", "90")
    given = set(request.POST.getlist("scope"))
    now = clock.now()
    lives = int(days) if days in {str(number) for number, _ in LIVES} else LIVES[0][0]
    name = request.POST.get("name", "")
    try:
        token, text = make_api_token(
            membership=membership,
            name=name,
            scopes=[scope for scope in SCOPES if scope.value in given],
            now=now,
            expires_at=now + datetime.timedelta(days=lives) if lives else None,
        )
    except ApiTokenRefused as error:
        return _show(request, membership, name=name, refusal=error.message)
    return _show(request, membership, made=token.name, text=text)


@require_POST
@any_member
def revoke(request: HttpRequest, membership: Membership, token: str) -> HttpResponse:
    try:
        revoke_api_token(membership=membership, token_id=token, now=clock.now())
    except ApiTokenUnknown as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The token is revoked and does nothing any more.")
    return redirect("pages:tokens", team=membership.team.slug)


def _show(
    request: HttpRequest, membership: Membership, *, name: str = "", refusal: str = "", made: str = "", text: str = ""
) -> HttpResponse:
    content = {
        **shell(membership, "team", "tokens"),
        "rows": tokens_of(membership=membership)[:_MOST_SHOWN],
        "now": clock.now(),
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in SCOPES if membership.may(scope)],
        "lives": LIVES,
        "name": name,
        "refusal": refusal,
        "made": made,
        "text": text,
    }
    return render(request, "pages/team/tokens.html", content, status=422 if refusal else 200)
