"""What our templates need of the browser's build, of forms and of states."""

import datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import RequestContext
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django_vite.core.asset_loader import DjangoViteAssetLoader
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

from factory.domain.runs.models import Run
from factory.domain.runs.states import RunState

register = template.Library()

TONES = {"ready": "success", "starting": "accent", "waiting": "accent", "degraded": "warning", "failed": "danger"}
"""Run state to how a badge looks; the others are plain."""


@register.simple_tag(takes_context=True)
def built(context: RequestContext, entry: str) -> SafeString:
    """The tags that load an entry of the browser's build; empty where it has not been built."""
    nonce = str(context["request"].csp_nonce)
    try:
        tags = DjangoViteAssetLoader.instance().generate_vite_asset(entry, "default", nonce=nonce)
    except DjangoViteAssetNotFoundError:
        return SafeString("")
    return mark_safe(str(tags))


@register.filter
def as_input(field: BoundField) -> SafeString:
    """A form's field in our look; checkboxes and radio buttons have theirs already."""
    kind = getattr(field.field.widget, "input_type", "")
    if kind in ("checkbox", "radio", "hidden"):
        return field.as_widget()
    attributes: dict[str, Any] = {"class": "select" if kind == "select" else "input"}
    return field.as_widget(attrs=attributes)


@register.filter
def run_in_words(run: Run) -> str:
    """How a run is doing, in the words of the editor (builder_ui/src/live/run_look.ts)."""
    if not run.wanted and not run.run_state.is_over:
        return "stopping"
    return "running" if run.run_state is RunState.READY else str(run.state)


@register.filter
def ago(moment: datetime.datetime) -> str:
    """How long ago it was, in two units at most."""
    passed = timesince(moment)
    return "just now" if passed.startswith("0") else f"{passed} ago"


@register.filter
def tone(state: str) -> str:
    """How the badge of a run's state looks."""
    return TONES.get(state, "plain")
