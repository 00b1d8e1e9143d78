"""What components cost while they run, as listings say it; read for many at once."""

import dataclasses
import datetime
from collections.abc import Iterable

from django.conf import settings

from components.contract.manifest import Manifest
from factory.domain.billing.money import Micros, format_rate
from factory.domain.billing.prices import component_prices_at, price_list_at, rate_from


@dataclasses.dataclass(frozen=True)
class Price:
    """What one instance costs an hour.

    Attributes:
        per_hour: all of it, in micro-units.
        own: what of it is for the component itself.
    """

    per_hour: Micros
    own: Micros
    currency: str

    @property
    def words(self) -> str:
        """As a listing says it: "€0.04125 an hour", or "free"."""
        return format_rate(self.per_hour, self.currency)

    @property
    def parts(self) -> str:
        """What the sum is made of, for who looks closer."""
        given = format_rate(self.per_hour - self.own, self.currency)
        own = format_rate(self.own, self.currency) if self.own else "nothing"
        return f"{given} for processor and memory, {own} for the component itself"


def prices_of(manifests: Iterable[Manifest], *, at: datetime.datetime) -> dict[str, Price]:
    """The price of each by its reference; two queries, however many there are."""
    prices, own = price_list_at(at), component_prices_at(at)
    return {
        manifest.ref: Price(
            per_hour=rate_from(
                prices, own.get(manifest.name, 0), round(manifest.resources.cpus * 1000), manifest.resources.memory_mib
            ),
            own=own.get(manifest.name, 0),
            currency=settings.FACTORY_CURRENCY,
        )
        for manifest in manifests
    }
