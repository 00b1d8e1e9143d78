"""The secrets of a team: which there are, who changed them, what uses them; a value is set here and never shown."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.accounts.services import NoLongerAllowed
from factory.domain.pipelines.secret_uses import pipelines_using
from factory.domain.secrets.selectors import secrets_of
from factory.domain.secrets.services import (
    MOST_VALUE_BYTES,
    SecretRefused,
    SecretUnknown,
    delete_secret,
    put_secret,
)
from factory.doors.pages.access import members_only
from factory.doors.pages.shell import shell
from factory.foundation import clock


@sensitive_post_parameters("value")
@require_http_methods(["GET", "HEAD", "POST"])
@members_only(Action.SEE)
def show_secrets(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.method != "POST":
        return _show(request, membership)
    if not membership.may(Action.ADMINISTER):
        raise NoLongerAllowed("Owners and admins of the team store secrets; ask one of them.")
    name = request.POST.get("name", "").strip()
    try:
        secret = put_secret(
            team=membership.team, name=name, value=_value_of(request), by=membership.user, now=clock.now()
        )
    except SecretRefused as error:
        return _show(request, membership, name=name, refusal=error.message)
    what = "stored" if secret.version == 1 else "replaced; nodes that run keep the old value until they start again"
    messages.success(request, f"{secret.name} is {what}.")
    return redirect("pages:secrets", team=membership.team.slug)


@require_POST
@members_only(Action.ADMINISTER)
def delete(request: HttpRequest, membership: Membership, name: str) -> HttpResponse:
    try:
        delete_secret(team=membership.team, name=name, by=membership.user, now=clock.now())
    except SecretUnknown as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{name} is deleted.")
    return redirect("pages:secrets", team=membership.team.slug)


def _show(request: HttpRequest, membership: Membership, *, name: str = "", refusal: str = "") -> HttpResponse:
    uses = pipelines_using(team=membership.team)
    rows = [(secret, uses.get(secret.name, [])) for secret in secrets_of(team=membership.team)]
    stored = {secret.name for secret, _ in rows}
    content = {
        **shell(membership, "team", "secrets"),
        "rows": rows,
        "name": name,
        "refusal": refusal,
        "replacing": name if name in stored else "",
        "most_characters": MOST_VALUE_BYTES,
        "missing": [(each, using) for each, using in sorted(uses.items()) if each not in stored],
    }
    return render(request, "pages/team/secrets.html", content, status=422 if refusal else 200)


def _value_of(request: HttpRequest) -> str:
    """As it was typed: browsers send other line ends, and who pastes a key often pastes one line end too many."""
    return request.POST.get("value", "").replace("\r\n", "\n").rstrip("\n")
