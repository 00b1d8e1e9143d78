"""Letting in whoever brings a link that the terminal printed."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from factory.domain.accounts.selectors import name_of
from factory.domain.accounts.sign_in_links import use_link_token
from factory.doors.pages.account_pages.request_origin import describe_origin
from factory.doors.pages.account_pages.security_events import note_event
from factory.foundation import clock


@never_cache
@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    user = use_link_token(token=token, now=clock.now())
    if user is None:
        return render(request, "pages/link_refused.html", status=410)
    login(request, user)
    origin = describe_origin(request)
    details = {"by": "a link from the terminal"}
    note_event(
        user=user, action="account.signed_in", subject=name_of(user), now=clock.now(), origin=origin, details=details
    )
    return HttpResponseRedirect(_local_path(request.GET.get("next", "")))


def _local_path(target: str) -> str:
    """Where to go on, if that is a path of this site; else its front door."""
    local = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if local else "/"
