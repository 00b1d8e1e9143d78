"""From where a request came, as it is written down beside what it did."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from factory.doors.pages.account_pages.device_words import describe_device


def describe_origin(request: HttpRequest) -> dict[str, str]:
    """Device in words, and the address as our proxies tell it; without an address where nobody knows it."""
    origin = {"device": describe_device(request.META.get("HTTP_USER_AGENT", ""))}
    try:
        return {**origin, "ip": str(get_adapter().get_client_ip(request))}
    except PermissionDenied:
        return origin
