"""A server's application that sends as much as it can, and says how much that was."""

from typing import Any

from factory.doors.api.back_pressure import keep_pace
from factory.doors.api.body_bound import bound_bodies

PIECE = b"x" * 256 * 1024
PIECES = 512
sent = 0


async def flood(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/sent` says how many pieces were sent so far; every other address sends all of them."""
    global sent
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/sent":
        await send({"type": "http.response.body", "body": str(sent).encode()})
        return
    for _ in range(PIECES):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        sent += 1
    await send({"type": "http.response.body", "body": b"the end"})


bound_bodies()
application = keep_pace(flood)
