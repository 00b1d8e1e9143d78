"""Who asks, of a request that only staff get this far with."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from factory.domain.accounts.models import User
from factory.doors.admin.site import may_operate


def operator_of(request: HttpRequest) -> User:
    """The person who does it.

    Raises:
        PermissionDenied: they are no staff.
    """
    if not isinstance(request.user, User) or not may_operate(request):
        raise PermissionDenied
    return request.user
