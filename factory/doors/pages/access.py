"""Who may see a team's pages: its members; to everybody else there is no such team."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.services import NoLongerAllowed
from factory.doors.pages.shell import shell

Rest = ParamSpec("Rest")


def signed_in(request: HttpRequest) -> User:
    """The person who asks, of a view that only people who are signed in reach."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


def members_only(
    *actions: Action,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Membership, Rest], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """A view of a team: strangers get 404, members whose role allows none of these actions 403."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Membership, Rest], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        def guarded(request: HttpRequest, team: str, *rest: Rest.args, **named: Rest.kwargs) -> HttpResponseBase:
            membership = membership_of(user=signed_in(request), slug=team)
            if membership is None:
                raise Http404("You are in no team of this name.")
            if not any(membership.may(action) for action in actions):
                return _refuse(request, membership, f"Your role in {membership.team.name} is {membership.role}.")
            try:
                return view(request, membership, *rest, **named)
            except NoLongerAllowed as error:
                return _refuse(request, membership, error.message)

        update_wrapper(guarded, view)
        return login_required(guarded)

    return decorate


any_member = members_only(*Action)
"""A view of a team that every member has, whatever their role; strangers get 404."""


def _refuse(request: HttpRequest, membership: Membership, why: str) -> HttpResponse:
    """In the frame of the team, whose other pages are one step away."""
    return render(request, "403.html", {**shell(membership, ""), "exception": why}, status=403)
