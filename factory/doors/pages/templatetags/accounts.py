"""What the pages of an account need: their tabs, and the truth about where mail went."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from factory.doors.pages.account_pages.device_words import describe_device
from factory.doors.pages.account_pages.mail_delivery import Delivery
from factory.doors.pages.account_pages.mail_delivery import mail_delivery as find_delivery

register = template.Library()

TABS = (
    ("Profile", "pages:profile", ("profile",)),
    ("Email", "account_email", ("account_email",)),
    ("Password", "account_change_password", ("account_change_password", "account_set_password")),
    ("Two-factor", "mfa_index", ("mfa_",)),
    ("Sessions", "usersessions_list", ("usersessions_list", "sessions")),
    ("Teams", "pages:own_teams", ("own_teams",)),
)
"""What it says, where it leads, and how the names of its addresses begin."""


@register.inclusion_tag("account/tabs.html", takes_context=True)
def account_tabs(context: RequestContext) -> dict[str, Any]:
    """The tabs of a person's own pages, the present one marked."""
    match = context["request"].resolver_match
    name = match.url_name or "" if match else ""
    return {"tabs": [(words, reverse(address), name.startswith(begins)) for words, address, begins in TABS]}


@register.simple_tag
def mail_delivery() -> Delivery:
    """How mail leaves this site."""
    return find_delivery()


@register.inclusion_tag("account/mail_note.html")
def mail_note() -> dict[str, Any]:
    """Where to look for a mail; nothing where it goes to its mailbox."""
    return {"delivery": find_delivery()}


@register.filter
def details_in_words(details: dict[str, Any]) -> str:
    """What an event of the audit log says beside its subject, for people."""
    return "; ".join(f"{name.replace('_', ' ')}: {_value_in_words(value)}" for name, value in details.items())


def _value_in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


@register.filter
def device(user_agent: str) -> str:
    """A browser in words."""
    return describe_device(user_agent)
