"""A page that asks before something is done, says to what, and shows what the domain says against it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from factory.doors.admin.site import site
from factory.doors.admin.tables import Table
from factory.foundation.errors import FactoryError

MOST_AT_ONCE = 100
_ANSWERED = "answered"


def ask_about(
    table: Table,
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    form: type[forms.Form],
    question: str,
    button: str,
    deed: Callable[[Any, dict[str, Any]], object],
    done: str | Callable[[Sequence[Any], dict[str, Any]], str],
) -> HttpResponse | None:
    """Ask, and once answered do it to every chosen row, or to none where one is refused.

    Args:
        deed: does it to one row; gets what was answered, and raises what the domain says against it.
        done: said afterwards, with the number of rows at `{}`; or says it, of the rows and what was answered.

    Returns:
        The page that asks; None, which leads back to the list, once it is done.
    """
    chosen = list(rows[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        table.message_user(request, f"Choose at most {MOST_AT_ONCE} at once.", messages.ERROR)
        return None
    filled = form(request.POST if _ANSWERED in request.POST else None)
    if filled.is_bound and filled.is_valid():
        try:
            with transaction.atomic():
                for row in chosen:
                    deed(row, filled.cleaned_data)
        except FactoryError as error:
            filled.add_error(None, error.message)
        else:
            told = done.format(len(chosen)) if isinstance(done, str) else done(chosen, filled.cleaned_data)
            table.message_user(request, told, messages.SUCCESS)
            return None
    selected = {"checkbox": ACTION_CHECKBOX_NAME, "action": request.POST.get("action", "")}
    return _show(table, request, form=filled, question=question, button=button, rows=chosen, selected=selected)


def ask_for_new(
    table: Table,
    request: HttpRequest,
    *,
    form: type[forms.Form],
    question: str,
    button: str,
    deed: Callable[[dict[str, Any]], Model],
) -> HttpResponse:
    """Ask for what a new row needs, and make it."""
    filled = form(request.POST or None)
    if filled.is_bound and filled.is_valid():
        try:
            made = deed(filled.cleaned_data)
        except FactoryError as error:
            filled.add_error(None, error.message)
        else:
            table.message_user(request, f"Made: {made}.", messages.SUCCESS)
            return redirect(_list_of(table))
    return _show(table, request, form=filled, question=question, button=button, rows=[], selected={})


def do_to_each(
    table: Table, request: HttpRequest, rows: QuerySet[Any], *, deed: Callable[[Any], object], done: str
) -> None:
    """Do to every chosen row what needs no question; or to none where one is refused."""
    chosen = list(rows[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        table.message_user(request, f"Choose at most {MOST_AT_ONCE} at once.", messages.ERROR)
        return
    try:
        with transaction.atomic():
            for row in chosen:
                deed(row)
    except FactoryError as error:
        table.message_user(request, error.message, messages.ERROR)
    else:
        table.message_user(request, done.format(len(chosen)), messages.SUCCESS)


def _show(
    table: Table,
    request: HttpRequest,
    *,
    form: forms.Form,
    question: str,
    button: str,
    rows: Sequence[Any],
    selected: dict[str, str],
) -> TemplateResponse:
    context = {
        **site.each_context(request),
        "title": question,
        "opts": table.opts,
        "called": table.name,
        "form": form,
        "rows": rows,
        "selected": selected,
        "button": button,
        "back": _list_of(table),
        "answered": _ANSWERED,
    }
    return TemplateResponse(request, "operators/question.html", context)


def _list_of(table: Table) -> str:
    return reverse(f"admin:{table.opts.app_label}_{table.opts.model_name}_changelist")
