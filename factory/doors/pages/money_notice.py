"""What every page of a team says of its money: nothing, or that credit or a cap is nearly or wholly used up."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.billing.limits import Level, limits_of
from factory.domain.billing.models import Wallet
from factory.domain.billing.selectors import standing_of
from factory.foundation import clock

_STOPPED = "Nothing new starts, and what runs ends."
_SOON = "When nothing is left, nothing new starts and what runs is stopped."
_ASK = "Ask an owner, an admin or who pays the bills."


def money_of(membership: Membership) -> dict[str, Any]:
    """The sentence, empty for none, and the page about it, empty for those who may not open it."""
    may_pay = membership.may(Action.PAY)
    billing = reverse("pages:billing", kwargs={"team": membership.team.slug}) if may_pay else ""
    standing = standing_of(membership.team, clock.now())
    limits = limits_of(standing, trial=settings.FACTORY_TRIAL_CREDIT)
    # A team that was just made gets its credit in a moment.
    is_new = not standing.balance and not Wallet.objects.filter(team=membership.team).exists()
    if is_new or not limits or limits[0].level < Level.MOST:
        return {"billing": billing, "notice": "", "isUrgent": False}
    is_urgent = limits[0].level is Level.ALL
    words = [limits[0].sentence, _STOPPED if is_urgent else _SOON, *([] if may_pay else [_ASK])]
    return {"billing": billing, "notice": " ".join(words), "isUrgent": is_urgent}
