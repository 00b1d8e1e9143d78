"""Who did what in a team."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from factory.domain.accounts.audit import events_of
from factory.domain.accounts.policy import Action
from factory.doors.api.v1.access import enter_team
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.shapes.tokens import AuditEvent, AuditEventList

router = Router(tags=["audit"])
Kind = Annotated[
    str, Query(max_length=60, pattern=r"^[a-z_.]*$", description="such as member, or member.invited; empty for all")
]
Actor = Annotated[
    int | None, Query(ge=0, le=2**63 - 1, description="the id of a person; 0 for the house itself, without one for all")
]


@router.get("/teams/{slug:team}/audit", response=AuditEventList)
def list_events(
    request: HttpRequest,
    team: str,
    action: Kind = "",
    actor: Actor = None,
    limit: Limit = USUAL,
    cursor: Cursor = "",
) -> AuditEventList:
    """What was done in a team, the newest first; rows are only ever added, each sealed by the one before."""
    membership = enter_team(request, team, Action.ADMINISTER)
    rows = events_of(team=membership.team, action=action, actor=actor)
    found, following = cut(rows, by="at", cursor=cursor, limit=limit, what="audit")
    return AuditEventList(items=[AuditEvent.of(row) for row in found], next=following)
