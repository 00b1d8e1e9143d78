"""Teams' wallets: to read, to grant credit into, and whether runs need credit at all."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from factory.domain.accounts.models import Team
from factory.domain.billing.models import Reservation, Wallet
from factory.domain.billing.services import LONGEST_NOTE, grant, set_enforced
from factory.doors.admin.amounts import amount_field, micros_of, words_of
from factory.doors.admin.questions import ask_about, do_to_each
from factory.doors.admin.requests import operator_of
from factory.doors.admin.site import site
from factory.doors.admin.tables import Rows, Table
from factory.foundation import clock
from factory.foundation.ids import new_id

MOST_NAMED = 10


class GrantForm(forms.Form):
    """How much and why; `key` makes a page that is sent twice one grant."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["amount"] = amount_field(label="Amount to each", help_text="A negative one takes credit back.")
        self.fields["note"] = forms.CharField(
            max_length=LONGEST_NOTE, help_text="Why; the team reads it in its ledger, such as the number of an invoice."
        )
        self.fields["may_go_below_zero"] = forms.BooleanField(
            required=False, label="May go below zero", help_text="Take back more than a team has."
        )
        self.fields["key"] = forms.RegexField(r"^[a-z0-9]{8,40}$", initial=new_id(20), widget=forms.HiddenInput)


@admin.action(description="Grant credit…")
def grant_credit(table: Table, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Of teams or of wallets."""
    by, now = operator_of(request), clock.now()

    def give(row: Team | Wallet, answers: dict[str, Any]) -> None:
        _grant(_team_of(row), answers, by=by, now=now)

    return ask_about(
        table,
        request,
        rows,
        form=GrantForm,
        question="Grant credit",
        button="Grant",
        deed=give,
        done=_say_granted,
    )


def _grant(team: Team, answers: dict[str, Any], *, by: Any, now: datetime.datetime) -> None:
    key = f"admin-{answers['key']}-{team.pk}"
    grant(
        team=team,
        micros=micros_of(answers["amount"]),
        by=by,
        note=answers["note"],
        now=now,
        key=key,
        may_go_below_zero=answers["may_go_below_zero"],
    )


def _team_of(row: Team | Wallet) -> Team:
    return row if isinstance(row, Team) else row.team


def _say_granted(rows: Sequence[Team | Wallet], answers: dict[str, Any]) -> str:
    """What was done to whom, and how they stand now; of many teams the first ones."""
    micros, teams = micros_of(answers["amount"]), [_team_of(row) for row in rows]
    named = teams[:MOST_NAMED]
    wallets = {wallet.team_id: wallet for wallet in Wallet.objects.filter(team__in=named)}
    amount = words_of(abs(micros))
    each = [f"{team.name} (balance now {_signed(wallets[team.pk])})" for team in named]
    if len(teams) > len(named):
        each.append(f"{len(teams) - len(named)} more")
    what = f"Took back {amount} from" if micros < 0 else f"Granted {amount} to"
    if len(teams) == 1:
        return f"{what} {teams[0].name}; its balance is {_signed(wallets[teams[0].pk])} now."
    return f"{what} each of {', '.join(each)}."


def _signed(wallet: Wallet) -> str:
    return words_of(wallet.balance, wallet.currency).replace("-", "−")


class OpenReservations(Rows):
    model = Reservation
    verbose_name_plural = "set aside for runs"
    fields = ("run", "amount", "per_hour_micros", "made_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(released_at=None)


@admin.register(Wallet, site=site)
class Wallets(Table):
    list_display = ("team", "credit", "set_aside", "spent_this_month", "cap", "enforced")
    list_select_related = ("team",)
    list_filter = ("enforced",)
    search_fields = ("team__slug", "team__name")
    ordering = ("team__slug",)
    fields = ("team", "credit", "set_aside", "month", "spent_this_month", "cap", "enforced")
    inlines = (OpenReservations,)
    actions = (grant_credit, "require_credit", "require_no_credit")

    @admin.display(ordering="balance")
    def credit(self, row: Wallet) -> str:
        return words_of(row.balance, row.currency)

    @admin.display(ordering="reserved")
    def set_aside(self, row: Wallet) -> str:
        return words_of(row.reserved, row.currency)

    @admin.display(ordering="spent", description="spent in its month")
    def spent_this_month(self, row: Wallet) -> str:
        return words_of(row.spent, row.currency)

    @admin.display(ordering="cap_micros")
    def cap(self, row: Wallet) -> str:
        return words_of(row.cap_micros, row.currency)

    @admin.action(description="Require credit: without it nothing of theirs runs")
    def require_credit(self, request: HttpRequest, rows: QuerySet[Wallet]) -> None:
        self._set_enforced(request, rows, enforced=True, done="Need credit now: {}.")

    @admin.action(description="Require no credit: metered and priced, never refused")
    def require_no_credit(self, request: HttpRequest, rows: QuerySet[Wallet]) -> None:
        self._set_enforced(request, rows, enforced=False, done="Need no credit now: {}.")

    def _set_enforced(self, request: HttpRequest, rows: QuerySet[Wallet], *, enforced: bool, done: str) -> None:
        by, now = operator_of(request), clock.now()

        def change(row: Wallet) -> None:
            set_enforced(team=row.team, enforced=enforced, by=by, now=now)

        do_to_each(self, request, rows, deed=change, done=done)
