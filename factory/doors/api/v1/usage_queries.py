"""What requests ask of usage: days, pipeline and component, and who may ask."""

import datetime
from typing import Annotated

from django.core import signing
from django.http import HttpRequest
from ninja import Query

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.billing.calendar import day_of
from factory.domain.billing.periods import Period, Preset, period_of
from factory.domain.billing.statements import UsageFilter
from factory.doors.api.v1.access import enter_team
from factory.doors.api.v1.refusals import Refusal
from factory.foundation import clock

From = Annotated[
    datetime.date | None, Query(alias="from", description="the first day (UTC); the first of this month without one")
]
To = Annotated[datetime.date | None, Query(alias="to", description="the last day (UTC); today without one")]
OfPipeline = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9_-]*$", description="of this pipeline alone")]
OfComponent = Annotated[
    str,
    Query(
        max_length=80,
        pattern=r"^[a-z0-9_]*(@[0-9A-Za-z.+-]+)?$",
        description="of this component alone: a reference, or a name for all its versions",
    ),
]
_FORBIDDEN = 403


def enter_usage(request: HttpRequest, team: str) -> Membership:
    """Come in to look at usage: whoever sees the team's pipelines may, and whoever pays for them.

    Raises:
        Refusal: as `enter_team`.
    """
    try:
        return enter_team(request, team, Action.PAY)
    except Refusal as refusal:
        if refusal.status != _FORBIDDEN:
            raise
        return enter_team(request, team, Action.SEE)


def filter_of(
    membership: Membership, first: datetime.date | None, last: datetime.date | None, pipeline: str, component: str
) -> UsageFilter:
    """The usage that is asked for.

    Raises:
        PeriodRefused: the days make no period.
    """
    return UsageFilter(membership.team.pk, days_of(first, last), pipeline, component)


def days_of(first: datetime.date | None, last: datetime.date | None) -> Period:
    """The days that are asked for.

    Raises:
        PeriodRefused: they make no period.
    """
    today = day_of(clock.now())
    if first is None and last is None:
        return period_of(preset=Preset.THIS_MONTH, today=today)
    last = last or today
    return period_of(preset=Preset.CUSTOM, today=today, first=first or last.replace(day=1), last=last)


def write_place(what: str, *place: object) -> str:
    """A cursor that says where a list goes on."""
    return signing.dumps([str(part) for part in place], salt=f"api-cursor-{what}")


def read_place(what: str, cursor: str) -> list[str] | None:
    """Where the list goes on; None at its beginning.

    Raises:
        Refusal: 422, the cursor is none of this list.
    """
    if not cursor:
        return None
    try:
        place: list[str] = signing.loads(cursor, salt=f"api-cursor-{what}")
    except signing.BadSignature:
        title = "The cursor is none that this list gave out; begin again without one."
        raise Refusal(422, "api:user:cursor", title) from None
    return place
