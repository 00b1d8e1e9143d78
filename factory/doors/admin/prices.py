"""What running costs, with the dates from which it does: new prices are made, begun ones are only read."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from factory.domain.billing.models import ComponentPrice, PriceList
from factory.domain.billing.services import LONGEST_NOTE, set_component_price, set_price
from factory.domain.catalogue.components import entries
from factory.doors.admin.amounts import amount_field, micros_of, words_of
from factory.doors.admin.questions import ask_for_new
from factory.doors.admin.requests import operator_of
from factory.doors.admin.site import site
from factory.doors.admin.tables import Table
from factory.foundation import clock

NOTHING = Decimal(0)


class _NewPrice(forms.Form):
    """From when and why."""

    effective_from = forms.DateTimeField(
        label="From (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="Instances that start from then on cost this; empty: from now on. Nothing that began changes.",
    )
    note = forms.CharField(max_length=LONGEST_NOTE, required=False, help_text="Why; for operators.")


class PriceListForm(_NewPrice):
    """What a processor and memory cost."""

    field_order = ("cpu_hour", "gib_hour", "effective_from", "note")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["cpu_hour"] = amount_field(label="One processor, an hour", least=NOTHING)
        self.fields["gib_hour"] = amount_field(label="One GiB of memory, an hour", least=NOTHING)
        self.order_fields(self.field_order)


class ComponentPriceForm(_NewPrice):
    """What a component costs beside what it is given."""

    field_order = ("component", "per_hour", "effective_from", "note")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        names = sorted({entry.manifest.name for entry in entries().values()})
        self.fields["component"] = forms.ChoiceField(choices=[(name, name) for name in names])
        self.fields["per_hour"] = amount_field(
            label="An hour", help_text="Beside processor and memory; 0 is free.", least=NOTHING
        )
        self.order_fields(self.field_order)


class _Prices(Table):
    makes_new = True

    @admin.display(boolean=True, description="begun")
    def begun(self, row: PriceList | ComponentPrice) -> bool:
        return row.effective_from <= clock.now()


@admin.register(PriceList, site=site)
class PriceLists(_Prices):
    called = "Prices of processor and memory"
    list_display = ("effective_from", "cpu_hour", "gib_hour", "begun", "note")
    ordering = ("-effective_from",)
    fields = ("effective_from", "cpu_hour", "gib_hour", "begun", "note")

    @admin.display(description="a processor, an hour", ordering="cpu_hour_micros")
    def cpu_hour(self, row: PriceList) -> str:
        return words_of(row.cpu_hour_micros)

    @admin.display(description="a GiB, an hour", ordering="gib_hour_micros")
    def gib_hour(self, row: PriceList) -> str:
        return words_of(row.gib_hour_micros)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        by, now = operator_of(request), clock.now()

        def make(answers: dict[str, Any]) -> PriceList:
            return set_price(
                cpu_hour_micros=micros_of(answers["cpu_hour"]),
                gib_hour_micros=micros_of(answers["gib_hour"]),
                effective_from=answers["effective_from"] or now,
                note=answers["note"],
                by=by,
                now=now,
            )

        return ask_for_new(
            self, request, form=PriceListForm, question="New prices of processor and memory", button="Set", deed=make
        )


@admin.register(ComponentPrice, site=site)
class ComponentPrices(_Prices):
    called = "Prices of components"
    list_display = ("component", "effective_from", "per_hour", "begun", "note")
    search_fields = ("component",)
    ordering = ("component", "-effective_from")
    fields = ("component", "effective_from", "per_hour", "begun", "note")

    @admin.display(description="an hour", ordering="per_hour_micros")
    def per_hour(self, row: ComponentPrice) -> str:
        return words_of(row.per_hour_micros)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        by, now = operator_of(request), clock.now()

        def make(answers: dict[str, Any]) -> ComponentPrice:
            return set_component_price(
                component=answers["component"],
                per_hour_micros=micros_of(answers["per_hour"]),
                effective_from=answers["effective_from"] or now,
                note=answers["note"],
                by=by,
                now=now,
            )

        return ask_for_new(
            self, request, form=ComponentPriceForm, question="New price of a component", button="Set", deed=make
        )
