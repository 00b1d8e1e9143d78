"""Who may see a team's pages: its members; to everybody else there is no such team."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import User
from factory.domain.accounts.policy import Action
from factory.domain.accounts.services import NoLongerAllowed

Rest = ParamSpec("Rest")


def signed_in(request: HttpRequest) -> User:
    """The person who asks, of a view that only people who are signed in reach."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in first.")
    return request.user


def members_only(
    action: Action,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Membership, Rest], HttpResponseBase]],
    Callable[..., HttpResponseBase],
]:
    """A view of a team: strangers get 404, members whose role does not allow the action 403."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Membership, Rest], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        def guarded(request: HttpRequest, team: str, *rest: Rest.args, **named: Rest.kwargs) -> HttpResponseBase:
            membership = membership_of(user=signed_in(request), slug=team)
            if membership is None:
                raise Http404("You are in no team of this name.")
            if not membership.may(action):
                raise PermissionDenied(f"Your role in {membership.team.name} is {membership.role}.")
            try:
                return view(request, membership, *rest, **named)
            except NoLongerAllowed as error:
                raise PermissionDenied(error.message) from None

        update_wrapper(guarded, view)
        return login_required(guarded)

    return decorate


def any_member(
    view: Callable[Concatenate[HttpRequest, Membership, Rest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view of a team that every member has, whatever their role; strangers get 404."""

    def guarded(request: HttpRequest, team: str, *rest: Rest.args, **named: Rest.kwargs) -> HttpResponseBase:
        membership = membership_of(user=signed_in(request), slug=team)
        if membership is None:
            raise Http404("You are in no team of this name.")
        try:
            return view(request, membership, *rest, **named)
        except NoLongerAllowed as error:
            raise PermissionDenied(error.message) from None

    update_wrapper(guarded, view)
    return login_required(guarded)
