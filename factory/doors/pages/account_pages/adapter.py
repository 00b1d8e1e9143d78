"""What the sign-in library asks about accounts: how mail leaves, and what ways of signing in are called."""

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings
from django.contrib import messages

_log = logging.getLogger(__name__)
_WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code from your app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": "This code is not right. Use the one in the newest mail.",
        "too_many_login_attempts": "Too many failed login attempts. Wait five minutes, or sign in another way.",
        "rate_limited": "A code went out a moment ago. Wait ten seconds before you ask for another one.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down must not break what the mail is about: the person is told, and can ask again."""
        try:
            super().send_mail(template_prefix, email, _at_our_site(context))
        except OSError:
            _log.exception("mail %s cannot be sent; see EMAIL_URL", template_prefix)
            messages.error(
                current.request,
                "The mail could not be sent: the mail server of this site does not answer. Try again in a minute; "
                "if that does not help, tell whoever runs the site.",
            )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        methods: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [{**method, "description": _WAYS.get(method["id"], method["description"])} for method in methods]


def _at_our_site(context: dict[str, Any]) -> dict[str, Any]:
    """What a mail says, with links to where people reach the site: who asks for one writes its Host header himself."""
    site = settings.FACTORY_SITE
    links = {name: urlsplit(value).path for name, value in context.items() if name.endswith("_url")}
    return {**context, **{name: site + path for name, path in links.items()}, "site": site}
