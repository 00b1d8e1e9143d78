"""What an instance costs an hour at a moment, and how a listing says it. Reads alone."""

import datetime
from typing import ClassVar

from django.conf import settings

from factory.domain.billing.models import ComponentPrice, PriceList
from factory.domain.billing.money import Micros, format_rate, hourly
from factory.foundation.errors import OurError

FIRST_LIST_FROM = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
FIRST_CPU_HOUR: Micros = 40_000
"""0.04 an hour of one processor, until an operator sets another price."""
FIRST_GIB_HOUR: Micros = 5_000
"""0.005 an hour of one GiB of memory, likewise."""


class PriceMissing(OurError):
    """No price list is in force; usage waits until one is."""

    id: ClassVar[str] = "billing:ours:price-missing"


def rate_of(component: str, cpu_millis: int, memory_mib: int, at: datetime.datetime) -> Micros:
    """What an instance that starts now costs an hour, in whole micro-units, rounded down.

    Args:
        component: reference or name.
        cpu_millis, memory_mib: thousandths of a processor and MiB that it is given.
        at: when it starts; later prices do not change what it costs.

    Raises:
        PriceMissing: no price list is in force.
    """
    return rate_from(price_list_at(at), component_price_at(component, at), cpu_millis, memory_mib)


def rate_from(prices: PriceList, own: Micros, cpu_millis: int, memory_mib: int) -> Micros:
    """As `rate_of`, from prices that were read already; `own` is the component's. Pure."""
    return hourly(
        cpu_hour=prices.cpu_hour_micros,
        gib_hour=prices.gib_hour_micros,
        component_hour=own,
        cpu_millis=cpu_millis,
        memory_mib=memory_mib,
    )


def price_list_at(at: datetime.datetime) -> PriceList:
    """The price list in force.

    Raises:
        PriceMissing: there is none.
    """
    found: PriceList | None = PriceList.objects.filter(effective_from__lte=at).order_by("-effective_from").first()
    if found is None:
        raise PriceMissing("No price list is in force; run `manage.py migrate`, which makes the first one.")
    return found


def component_price_at(component: str, at: datetime.datetime) -> Micros:
    """What a component costs an hour beside what it is given; nothing where no price was set."""
    prices = ComponentPrice.objects.filter(component=component.partition("@")[0], effective_from__lte=at)
    newest: ComponentPrice | None = prices.order_by("-effective_from").first()
    return newest.per_hour_micros if newest is not None else 0


def component_prices_at(at: datetime.datetime) -> dict[str, Micros]:
    """What every component that has a price costs an hour beside what it is given, by name; one query."""
    rows = ComponentPrice.objects.filter(effective_from__lte=at).order_by("effective_from")
    return dict(rows.values_list("component", "per_hour_micros"))


def price_words(component: str, at: datetime.datetime) -> str:
    """A component's own price for a listing: "free", or "€0.04 an hour"."""
    return format_rate(component_price_at(component, at), settings.FACTORY_CURRENCY)
