"""Who may look at usage: whoever sees the team's pipelines, and whoever pays for them."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.doors.pages.access import members_only

Rest = ParamSpec("Rest")


def usage_readers(
    view: Callable[Concatenate[HttpRequest, Membership, Rest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view of a team's usage: strangers get 404, members who may neither see nor pay 403."""
    seeing: Callable[..., Any] = members_only(Action.SEE)(view)
    paying: Callable[..., Any] = members_only(Action.PAY)(view)

    def guarded(request: HttpRequest, *rest: Any, **named: Any) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = seeing(request, *rest, **named)
        except PermissionDenied:
            answer = paying(request, *rest, **named)
        return answer

    update_wrapper(guarded, view)
    return guarded
