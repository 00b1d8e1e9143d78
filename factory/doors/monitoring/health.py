"""Whether this process lives, and whether what it needs is there."""

import asyncio
import logging
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from factory.orchestration.signs_of_life import Sign, was_seen

_log = logging.getLogger(__name__)
_LAYER_SECONDS = 2.0
FINE, AWAY = "fine", "away"


@require_safe
def show_health(request: HttpRequest) -> JsonResponse:
    """This process answers; it asks nobody else."""
    return _answer({"status": FINE})


@require_safe
def show_readiness(request: HttpRequest) -> JsonResponse:
    """200 where this process can serve, else 503; the worker and the agent are told and decide nothing.

    Without them runs wait, and everything else works: taking the site away would help nobody.
    """
    needed = {"database": _state_of(_ask_database), "channel_layer": _state_of(_ask_channel_layer)}
    can_serve = all(state == FINE for state in needed.values())
    told = {"status": FINE if can_serve else AWAY, **needed}
    if settings.REDIS_URL and needed["channel_layer"] == FINE:
        told |= {sign.value: FINE if was_seen(sign) else AWAY for sign in Sign}
    return _answer(told, status=200 if can_serve else 503)


def _answer(told: dict[str, str], status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, headers={"Cache-Control": "no-store"})


def _state_of(ask: Callable[[], None]) -> str:
    try:
        ask()
    except Exception as error:  # whatever it is, it is what keeps us from serving
        _log.warning("%s: %s", ask.__name__, error)
        return AWAY
    return FINE


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if cursor.fetchone() != (1,):
            raise DatabaseError("the database does not count to one")


def _ask_channel_layer() -> None:
    """Which is Redis where there is one: the same way that news takes to browsers."""
    async_to_sync(_send_to_nobody)()


async def _send_to_nobody() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer is configured")
    async with asyncio.timeout(_LAYER_SECONDS):
        await layer.group_send("monitoring-nobody", {"type": "monitoring.nothing"})
