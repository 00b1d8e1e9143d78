"""All prices there ever were, read once: for pages and sums that ask for the prices of many instances."""

import datetime
from bisect import bisect_right
from collections import defaultdict

from factory.domain.billing.models import ComponentPrice, PriceList
from factory.domain.billing.money import Micros
from factory.domain.billing.prices import PriceMissing, rate_from


class PriceBook:
    """Two queries, however many questions follow; what is set after it was read it does not know."""

    def __init__(self) -> None:
        self._lists: list[PriceList] = list(PriceList.objects.order_by("effective_from"))
        self._starts = [each.effective_from for each in self._lists]
        self._components: dict[str, list[tuple[datetime.datetime, Micros]]] = defaultdict(list)
        prices = ComponentPrice.objects.order_by("effective_from")
        for name, start, price in prices.values_list("component", "effective_from", "per_hour_micros"):
            self._components[name].append((start, price))

    def rate_of(self, component: str, cpu_millis: int, memory_mib: int, at: datetime.datetime) -> Micros:
        """As `prices.rate_of`.

        Raises:
            PriceMissing: no price list was in force.
        """
        place = bisect_right(self._starts, at)
        if not place:
            raise PriceMissing("No price list is in force; run `manage.py migrate`, which makes the first one.")
        own = [price for start, price in self._components.get(component.partition("@")[0], []) if start <= at]
        return rate_from(self._lists[place - 1], own[-1] if own else 0, cpu_millis, memory_mib)
