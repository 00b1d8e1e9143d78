"""Who may install components and say which are still good: operators for everybody, a team's administrators for it."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action
from factory.domain.catalogue.installations import may_install
from factory.doors.api.v1.access import enter_team, themselves
from factory.doors.api.v1.refusals import Refusal

OfTeam = Annotated[str, Query(max_length=40, description="a team; empty for what everybody has")]


def enter_as_installer(request: HttpRequest, team: str | None) -> tuple[User, Team | None]:
    """Come in to install for a team, or without one for everybody.

    Raises:
        Refusal: as `enter_team`; 403 for who is no operator of the installation, and for a token, which is of a team.
    """
    if team:
        membership = enter_team(request, team, Action.ADMINISTER)
        return membership.user, membership.team
    user = themselves(request)
    if not may_install(user=user, team=None):
        title = "Only operators of this installation install for everybody; give a team whose administrator you are."
        raise Refusal(403, "api:user:operators-only", title)
    return user, None
