"""The page at /api/v1/docs."""

import functools
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from factory.doors.api.docs.operations import resources_of
from factory.doors.api.docs.shapes import shapes_of
from factory.doors.api.rate_limits import WINDOW_SECONDS
from factory.doors.api.v1.openapi import description_of
from factory.doors.api.v1.resources import api


@require_safe
def show_docs(request: HttpRequest) -> HttpResponse:
    """Everything that programs can ask, with examples."""
    limits = {"caller": settings.FACTORY_RATE_CALLER, "heavy": settings.FACTORY_RATE_HEAVY, "window": WINDOW_SECONDS}
    return render(request, "api/docs.html", {**_content(), "limits": limits})


@functools.cache
def _content() -> dict[str, Any]:
    described = json.loads(description_of(api))
    return {
        "site": settings.FACTORY_SITE,
        "resources": resources_of(described, settings.FACTORY_SITE),
        "shapes": shapes_of(described["components"]["schemas"]),
    }
