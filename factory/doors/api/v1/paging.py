"""Long lists in pages: a cursor says where the last page ended, so that nothing is listed twice while rows come."""

import datetime
from typing import Annotated, Any, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from ninja import Query

from factory.doors.api.v1.refusals import Refusal

MOST = 100
USUAL = 50
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many at most")]
Cursor = Annotated[str, Query(max_length=300, description="`next` of the page before; empty for the first")]

Row = TypeVar("Row", bound=Model)


def cut(rows: QuerySet[Row], *, by: str, cursor: str, limit: int, what: str) -> tuple[list[Row], str | None]:
    """One page of rows, those with the latest time first, and the cursor of the next one; None after the last.

    Args:
        rows: all of them.
        by: the column of the time; it may be null, such rows come last.
        cursor: as it was given out.
        limit: how many rows at most.
        what: names the list; a cursor is good for one list.

    Raises:
        Refusal: 422, the cursor is none of ours.
    """
    if cursor:
        rows = rows.filter(_after(by, *_read(cursor, what)))
    found = list(rows.order_by(F(by).desc(nulls_last=True), "-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    at = getattr(last, by)
    return found[:limit], signing.dumps([at.isoformat() if at else None, last.pk], salt=_salt(what))


def _after(by: str, at: datetime.datetime | None, key: Any) -> Q:
    if at is None:
        return Q(**{f"{by}__isnull": True, "pk__lt": key})
    return Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": key}) | Q(**{f"{by}__isnull": True})


def _read(cursor: str, what: str) -> tuple[datetime.datetime | None, Any]:
    try:
        at, key = signing.loads(cursor, salt=_salt(what))
    except signing.BadSignature:
        title = "The cursor is none that this list gave out; begin again without one."
        raise Refusal(422, "api:user:cursor", title) from None
    return (datetime.datetime.fromisoformat(at) if at else None), key


def _salt(what: str) -> str:
    return f"api-cursor-{what}"
