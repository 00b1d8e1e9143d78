"""Notes when and from where each session was last seen, once a minute: a row written at every request is too dear."""

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

SECONDS = 60


class SessionTrackingMiddleware(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> None:
        key = request.session.session_key
        if key is None or not cache.add(f"factory.session-seen.{key}", True, SECONDS):
            return
        if request.user.is_authenticated:
            note(request)


def note(request: HttpRequest) -> None:
    """This session is in use now. One whose address nobody knows, over a Unix socket, is left out."""
    try:
        UserSession.objects.create_from_request(request)
    except PermissionDenied:
        pass
