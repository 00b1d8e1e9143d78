"""The prices as people read them: what is in force and since when, and what comes."""

import dataclasses
import datetime

from factory.domain.billing.models import ComponentPrice, PriceList
from factory.domain.billing.prices import price_list_at

MOST_COMPONENTS = 500
MOST_COMING = 20


@dataclasses.dataclass(frozen=True)
class PriceTags:
    """Prices at a moment.

    Attributes:
        current: the list in force.
        components: what components cost an hour beside what they are given, by name.
        coming: lists that are set and not in force yet, the next one first.
    """

    current: PriceList
    components: tuple[ComponentPrice, ...]
    coming: tuple[PriceList, ...]


def price_tags(*, now: datetime.datetime) -> PriceTags:
    """The prices that a page shows.

    Raises:
        PriceMissing: no price list is in force.
    """
    newest: dict[str, ComponentPrice] = {}
    rows = ComponentPrice.objects.filter(effective_from__lte=now).order_by("component", "-effective_from")
    for row in rows:
        newest.setdefault(row.component, row)
    priced = tuple(row for row in newest.values() if row.per_hour_micros)
    coming = PriceList.objects.filter(effective_from__gt=now).order_by("effective_from")[:MOST_COMING]
    return PriceTags(price_list_at(now), priced[:MOST_COMPONENTS], tuple(coming))
