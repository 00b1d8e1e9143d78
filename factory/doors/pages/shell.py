"""What every page of a team shows around its content: which team, which others, and where one may go."""

from typing import Any

from django.urls import reverse

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action, may
from factory.domain.accounts.roles import Role
from factory.domain.accounts.selectors import teams_of
from factory.doors.pages.money_notice import money_of


def first_page(*, slug: str, role: Role) -> str:
    """Where someone begins in a team: at its pipelines, or at what they cost where that is all they may look at."""
    return reverse("pages:pipelines" if may(role, Action.SEE) else "pages:usage", args=[slug])


def shell(membership: Membership, section: str, tab: str = "") -> dict[str, Any]:
    """For the template of a page.

    Args:
        membership: who looks, and at which team.
        section: what of the header is lit: pipelines, marketplace, usage or team.
        tab: which of the section's tabs is, where it has some.
    """
    return {
        "team": membership.team,
        "teams": teams_of(user=membership.user),
        "role": membership.role,
        "may": {action.value: membership.may(action) for action in Action},
        "section": section,
        "tab": tab,
        "money": money_of(membership),
    }
