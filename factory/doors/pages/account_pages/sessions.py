"""Where someone is signed in: seen, and ended one by one or all but this one."""

import dataclasses

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts.models import User
from factory.doors.pages.access import signed_in
from factory.doors.pages.account_pages.device_words import describe_device
from factory.doors.pages.account_pages.request_origin import describe_origin
from factory.doors.pages.account_pages.security_events import note_event, recent_events
from factory.foundation import clock

_MOST_SHOWN = 100


@dataclasses.dataclass(frozen=True)
class ShownSession:
    """A session as its owner knows it."""

    row: UserSession
    device: str
    is_this: bool


@require_safe
@never_cache
@login_required
def show_sessions(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    shown = _sessions_of(user, request.session.session_key)
    context = {"tab": "sessions", "sessions": shown[:_MOST_SHOWN], "events": recent_events(user=user)}
    return render(request, "usersessions/usersession_list.html", context)


@require_POST
@login_required
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    user = signed_in(request)
    row = UserSession.objects.filter(user=user, pk=session).exclude(session_key=request.session.session_key).first()
    if row is None:
        messages.info(request, "This session has ended already.")
        return redirect("usersessions_list")
    device = describe_device(row.user_agent)
    get_adapter().end_sessions([row])
    origin = describe_origin(request)
    note_event(user=user, action="account.session_ended", subject=device, now=clock.now(), origin=origin)
    messages.success(request, f"{device} is signed out.")
    return redirect("usersessions_list")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    others = [shown.row for shown in _sessions_of(user, request.session.session_key) if not shown.is_this]
    get_adapter().end_sessions(others)
    if others:
        subject = f"{len(others)} sessions" if len(others) > 1 else describe_device(others[0].user_agent)
        note_event(
            user=user,
            action="account.sessions_ended",
            subject=subject,
            now=clock.now(),
            origin=describe_origin(request),
        )
    messages.success(request, "You are signed out everywhere else.")
    return redirect("usersessions_list")


def _sessions_of(user: User, this: str | None) -> list[ShownSession]:
    """This one first, then the others, the last seen first."""
    rows = UserSession.objects.purge_and_list(user)
    shown = [ShownSession(row, describe_device(row.user_agent), row.session_key == this) for row in rows]
    return sorted(shown, key=lambda one: (not one.is_this, -one.row.last_seen_at.timestamp()))
