"""Asks the database on a few threads of our own: a request that waits for its gateway holds none, and no connection."""

import asyncio
import concurrent.futures
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connections

from factory.doors.signalling.answers import RETRY_SECONDS, Refusal

_LOOK_SECONDS = 5.0
_READERS = concurrent.futures.ThreadPoolExecutor(4, thread_name_prefix="signalling")
Asked = ParamSpec("Asked")
Found = TypeVar("Found")


async def ask_database(find: Callable[Asked, Found], *arguments: Asked.args, **named: Asked.kwargs) -> Found:
    """What `find` returns.

    Raises:
        Refusal: 503 where the database does not answer, or what `find` raises.
    """

    def look() -> Found:
        try:
            return find(*arguments, **named)
        finally:
            connections.close_all()

    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            return await sync_to_async(look, thread_sensitive=False, executor=_READERS)()
    except (DatabaseError, TimeoutError):
        raise Refusal(503, "The database does not answer; try again", retry_seconds=RETRY_SECONDS) from None
