"""Takes browsers' WebSockets in: who it is, whether they may look, and then the conversation."""

import asyncio
import functools
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from prometheus_client import Gauge

from factory.domain.accounts.models import User
from factory.doors.live import access
from factory.doors.live.access import Claim
from factory.doors.live.close_codes import CloseCode
from factory.doors.live.feeds import Feeds
from factory.doors.live.live_socket import LiveSocket, Receive, Send
from factory.doors.live.rows import read_rows
from factory.doors.live.seats import Seats
from factory.doors.live.watch import RightsWatch

OPEN = Gauge("factory_live_sockets", "WebSockets of browsers that this process has open")
_FAREWELL_SECONDS = 5.0
"""The server drops a connection a second after we close it; until then what comes must be taken and thrown away."""


class LiveConsumer:
    """The ASGI application at `/live/<team>/<slug>/`; one a process, since sockets share feeds, watch and seats."""

    def __init__(self) -> None:
        self.feeds = Feeds(database_sync_to_async(read_rows))
        self._seats = Seats(settings.FACTORY_LIVE_SOCKETS)
        self._watch = RightsWatch(database_sync_to_async(access.refused))

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one WebSocket; its session and user are in the scope."""
        if (await receive())["type"] != "websocket.connect":
            return
        user, session = scope["user"], scope["session"]
        if not isinstance(user, User) or not session.session_key:
            await _refuse(CloseCode.NOT_SIGNED_IN, receive, send)
            return
        if not self._seats.take(user.pk):
            await _refuse(CloseCode.TOO_MANY, receive, send)
            return
        try:
            names = scope["url_route"]["kwargs"]
            find = functools.partial(access.find_pipeline, user=user, team=names["team"], slug=names["slug"])
            found = await database_sync_to_async(find)()
            if isinstance(found, CloseCode):
                await _refuse(found, receive, send)
                return
            team_id, pipeline_id, rights = found
            claim = Claim(user.pk, session.session_key, user.get_session_auth_hash(), team_id, rights)
            await self._converse(claim, pipeline_id, receive, send)
        finally:
            self._seats.free(user.pk)

    async def _converse(self, claim: Claim, pipeline_id: int, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        feed = self.feeds.of(pipeline_id)
        socket = LiveSocket(feed, receive, send)
        feed.listeners.add(socket.wake)
        self._watch.add(socket.close, claim)
        try:
            with OPEN.track_inprogress():
                code = await socket.talk()
        finally:
            self._watch.remove(socket.close)
            await self.feeds.leave(feed, socket.wake)
        if code is not None:
            await _close(code, receive, send)


async def _refuse(code: CloseCode, receive: Receive, send: Send) -> None:
    """Scripts see a close code only of a socket that was accepted."""
    await send({"type": "websocket.accept"})
    await _close(code, receive, send)


async def _close(code: CloseCode, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": int(code)})
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            while (await receive())["type"] != "websocket.disconnect":
                pass
    except TimeoutError:
        pass
