"""Installed components: what is pinned to which image, and whether it is still offered."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from factory.domain.catalogue.models import MOST_NOTE_CHARACTERS, ComponentRelease, Installation
from factory.domain.catalogue.services import set_status
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.doors.admin.questions import ask_about, do_to_each
from factory.doors.admin.requests import operator_of
from factory.doors.admin.site import site
from factory.doors.admin.tables import Table
from factory.foundation import clock


class NoteForm(forms.Form):
    """What people read beside their nodes."""

    note = forms.CharField(
        max_length=MOST_NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why, and what to use instead: people read it beside their nodes.",
    )


@admin.register(ComponentRelease, site=site)
class Components(Table):
    called = "Installed components"
    list_display = ("ref", "publisher", "team", "status", "source", "installed_by", "installed_at")
    list_select_related = ("team", "installed_by")
    list_filter = ("status", "source")
    search_fields = ("name", "publisher", "team__slug")
    ordering = ("name", "-installed_at")
    fields = (
        *("ref", "team", "publisher", "status", "status_note", "source", "digest", "folder_digest"),
        *("installed_by", "installed_at", "manifest"),
    )
    actions = ("deprecate", "yank", "restore")

    @admin.action(description="Deprecate…: still runs and is offered, with a warning")
    def deprecate(self, request: HttpRequest, rows: QuerySet[ComponentRelease]) -> HttpResponse | None:
        return self._ask_why(request, rows, status=ReleaseStatus.DEPRECATED, question="Deprecate components")

    @admin.action(description="Yank…: runs on where it is, and is offered no more")
    def yank(self, request: HttpRequest, rows: QuerySet[ComponentRelease]) -> HttpResponse | None:
        return self._ask_why(request, rows, status=ReleaseStatus.YANKED, question="Yank components")

    @admin.action(description="Restore: offer it as before")
    def restore(self, request: HttpRequest, rows: QuerySet[ComponentRelease]) -> None:
        by, now = operator_of(request), clock.now()

        def change(row: ComponentRelease) -> None:
            set_status(release=row, status=ReleaseStatus.AVAILABLE, note="", by=by, now=now)

        do_to_each(self, request, rows, deed=change, done="Restored: {}.")

    def _ask_why(
        self, request: HttpRequest, rows: QuerySet[ComponentRelease], *, status: ReleaseStatus, question: str
    ) -> HttpResponse | None:
        by, now = operator_of(request), clock.now()

        def change(row: ComponentRelease, answers: dict[str, Any]) -> None:
            set_status(release=row, status=status, note=answers["note"], by=by, now=now)

        verb = question.split()[0]
        done = f"{status.value.capitalize()}: {{}}."
        return ask_about(self, request, rows, form=NoteForm, question=question, button=verb, deed=change, done=done)


@admin.register(Installation, site=site)
class Installations(Table):
    list_display = ("file_name", "reference", "team", "asked_by", "state", "asked_at", "changed_at")
    list_select_related = ("team", "asked_by")
    list_filter = ("state",)
    search_fields = ("file_name", "reference", "team__slug")
    ordering = ("-asked_at",)
    fields = (
        *("file_name", "size", "reference", "team", "asked_by", "asked_at", "state", "attempts", "changed_at"),
        *("problems", "release"),
    )
