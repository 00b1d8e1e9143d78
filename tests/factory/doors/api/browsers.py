"""Browsers that ask the API: signed in, with the CSRF header that the editor sends."""

import json
from typing import Any

from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from factory.domain.accounts.models import User

TEAM = "/api/v1/teams/studio"
HELLO = f"{TEAM}/pipelines/hello"


def sign_in(user: User) -> Client:
    """A browser with a session and a CSRF token; the token is checked as in production."""
    request = RequestFactory().get("/")
    token = get_token(request)
    browser = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": token}, raise_request_exception=False)
    browser.force_login(user)
    browser.cookies["csrftoken"] = request.META["CSRF_COOKIE"]
    return browser


def send(browser: Client, method: str, address: str, value: Any = None, **options: Any) -> Any:
    """Ask with a JSON body."""
    return browser.generic(
        method, address, b"" if value is None else json.dumps(value).encode(), "application/json", **options
    )
