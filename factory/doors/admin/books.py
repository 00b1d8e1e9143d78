"""The books: what ran, what it cost, who did what. Nobody changes them, and here nobody can try."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from factory.domain.accounts.models import AuditEvent
from factory.domain.billing.models import JournalEntry, LedgerAccount, Posting
from factory.domain.metering.models import InstanceUsage
from factory.doors.admin.amounts import words_of
from factory.doors.admin.site import site
from factory.doors.admin.tables import Rows, Table


@admin.register(InstanceUsage, site=site)
class Usage(Table):
    called = "Usage of instances"
    list_display = ("node", "component", "team", "run", "attempt", "started_at", "milliseconds", "end_source")
    list_select_related = ("team", "run")
    list_filter = ("end_source",)
    search_fields = ("run__id", "team__slug", "component")
    ordering = ("-id",)
    fields = (
        *("instance", "team", "pipeline", "run", "node", "component", "attempt", "started_at", "ended_at"),
        *("milliseconds", "end_source", "cpu_millis", "memory_mib", "recorded_at"),
    )


class PostingsOfEntry(Rows):
    model = Posting
    verbose_name_plural = "postings"
    fields = ("account", "worth")
    readonly_fields = ("worth",)

    @admin.display(description="amount")
    def worth(self, row: Posting) -> str:
        return words_of(row.amount, row.account.currency)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        found: QuerySet[Posting] = super().get_queryset(request).select_related("account__team")
        return found


@admin.register(JournalEntry, site=site)
class Entries(Table):
    called = "Journal"
    list_display = ("idempotency_key", "kind", "at", "by", "run", "note")
    list_filter = ("kind",)
    search_fields = ("idempotency_key", "run__id", "by")
    ordering = ("-id",)
    fields = ("idempotency_key", "kind", "at", "by", "note", "usage", "run", "price", "reverses")
    inlines = (PostingsOfEntry,)

    @admin.display(description="price an hour")
    def price(self, row: JournalEntry) -> str:
        return words_of(row.per_hour_micros)


@admin.register(LedgerAccount, site=site)
class Accounts(Table):
    list_display = ("kind", "team", "currency")
    list_select_related = ("team",)
    list_filter = ("kind",)
    search_fields = ("team__slug",)
    ordering = ("kind", "team__slug")
    fields = ("kind", "team", "currency")


@admin.register(AuditEvent, site=site)
class AuditLog(Table):
    called = "Audit log"
    list_display = ("at", "team", "actor_name", "action", "subject", "token_prefix")
    list_select_related = ("team",)
    search_fields = ("action", "subject", "actor_name", "team__slug")
    ordering = ("-id",)
    fields = (
        *("at", "team", "number", "actor_name", "token_prefix", "action", "subject", "details", "previous"),
        "digest",
    )
