"""Who may look at usage: whoever sees the team's pipelines, and whoever pays for them."""

from factory.domain.accounts.policy import Action
from factory.doors.pages.access import members_only

usage_readers = members_only(Action.SEE, Action.PAY)
"""A view of a team's usage: strangers get 404, members who may neither see nor pay 403."""
