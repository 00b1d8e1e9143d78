"""Amounts as people write them, in units of the currency, to whole micro-units and back."""

from decimal import Decimal

from django import forms
from django.conf import settings

from factory.domain.billing.money import PLACES, UNIT, Micros, format_money


def amount_field(*, label: str, help_text: str = "", least: Decimal | None = None) -> forms.DecimalField:
    """A field for an amount in the installation's currency, down to a millionth."""
    return forms.DecimalField(
        label=f"{label} ({settings.FACTORY_CURRENCY})",
        help_text=help_text,
        max_digits=16,
        decimal_places=PLACES,
        min_value=least,
    )


def micros_of(amount: Decimal) -> Micros:
    """Whole micro-units of an amount that has at most six places."""
    return int(amount * UNIT)


def words_of(micros: Micros | None, currency: str = "") -> str:
    """For a list: every place that counts; a dash where there is none."""
    return "–" if micros is None else format_money(micros, currency or settings.FACTORY_CURRENCY, places=PLACES)
