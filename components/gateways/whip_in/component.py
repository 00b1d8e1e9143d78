"""Where a browser's camera and microphone enter a pipeline: one WHIP publisher at a time (RFC 9725)."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from components.contract.media_types import Format, MediaType
from components.contract.node_states import NodeState
from components.sdk.component import Node, Request, Source
from components.sdk.frames import EncodedFrame
from components.sdk.webrtc_guard import GuardedStunProtocol
from components.sdk.webrtc_peer import ReceivingPeer
from components.sdk.webrtc_requests import Answer, RequestDesk, is_late, text_of

SILENT_SECONDS = 5.0
"""A publisher of whom nothing came for so long is taken for gone, and gives way to the next."""
_TICK_SECONDS = 0.1
_TICKS_A_COUNT = 10
_FALLBACK = {MediaType.VIDEO: (Format.H264, Format.VP8), MediaType.AUDIO: (Format.OPUS,)}
_REASONS = {"connecting": "a publisher is connecting", "connected": ""}
_WAITING = "waiting for a publisher"
_NO_SESSION: Answer = (404, {"title": "There is no such session; it may have ended by itself"})


class WhipIn(Source):
    """Hands on what the publisher encoded, untouched; it neither decodes nor encodes."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._desk: RequestDesk | None = None
        self._peer: ReceivingPeer | None = None
        self._session = ""
        # Closing the one before takes a while, in which a third must not take over too.
        self._taking_over = asyncio.Lock()
        self._max_bitrate = 0
        self._told: str | None = None
        self._before = {"packets": 0.0, "bytes": 0.0, "lost": 0.0}

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Take the highest bit rate; the publisher hears of a new one at once."""
        self._max_bitrate = int(parameters["max_bitrate_kbps"]) * 1000
        if peer := self._peer:
            peer.max_bitrate = self._max_bitrate

    def start(self) -> None:
        """Be ready for the first publisher."""
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._note_loop_error)
        verbs = {"whip-offer": self._offer, "whip-delete": self._delete, "whip-trickle": self._trickle}
        self._desk = RequestDesk(self._loop, verbs)
        if video := self.outputs.get(MediaType.VIDEO):
            video.on_keyframe_request = self._request_keyframe
        self.measures.update(sessions=0, packets=0, lost=0, jitter_ms=0, bitrate_kbps=0, datagrams_dropped=0)
        self._tell(_WAITING)

    def run(self) -> None:
        """Serve sessions until the node drains."""
        if self._loop is None:
            return
        try:
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        ticks = 0
        sent = 0.0
        while not self.stopping.is_set():
            await asyncio.sleep(_TICK_SECONDS)
            self._tell(_REASONS.get(self._peer.state, _WAITING) if self._peer else _WAITING)
            ticks += 1
            if ticks % _TICKS_A_COUNT == 0:
                sent = await self._count(sent)
        if self._peer:
            await self._peer.close("the node drains")

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            self._told = reason
            self.set_state(NodeState.READY, reason)

    async def _count(self, bytes_before: float) -> float:
        """Measures of all sessions so far; returns the bytes, for the next bit rate."""
        now = await self._peer.count() if self._peer else {}
        total = {name: before + now.get(name, 0.0) for name, before in self._before.items()}
        elapsed = _TICK_SECONDS * _TICKS_A_COUNT
        self.measures.update(
            packets=total["packets"],
            lost=total["lost"],
            jitter_ms=round(now.get("jitter_ms", 0.0), 2),
            bitrate_kbps=round(max(total["bytes"] - bytes_before, 0.0) * 8 / elapsed / 1000, 1),
            datagrams_dropped=GuardedStunProtocol.discarded,
        )
        return total["bytes"]

    def handle_request(self, request: Request) -> None:
        """Answer `whip-offer` {sdp} with 201 {sdp, session}, `whip-delete` {session} with 200, and `whip-trickle`
        {session, fragment} with 204.
        """
        if self._desk is None or not self._desk.take(request):
            super().handle_request(request)

    async def _offer(self, request: Request) -> Answer:
        offer = text_of(request, "sdp")
        if not offer:
            return 400, {"title": "The offer has no text"}
        async with self._taking_over:
            if not await self._make_way():
                return 409, {"title": "Someone is publishing here already; stop that one, or wait until it is gone"}
            session = secrets.token_urlsafe(24)
            self._peer = peer = self._new_peer(session)
            self._session = session
        answer = await peer.answer(offer)
        if is_late(request, self.clock.now()):
            await peer.close("nobody waits for the answer any more")
            return 504, {"title": "The answer came too late"}
        self.measures["sessions"] += 1
        return 201, {"sdp": answer, "session": session}

    async def _make_way(self) -> bool:
        """See that nobody publishes; False where somebody does."""
        if old := self._peer:
            if old.state != "ended" and old.silent_seconds < SILENT_SECONDS:
                return False
            await old.close("replaced by another publisher")
            counts = await old.count()
            self._before = {name: before + counts[name] for name, before in self._before.items()}
        return True

    def _new_peer(self, session: str) -> ReceivingPeer:
        formats = [
            fmt
            for media_type, fallback in _FALLBACK.items()
            for fmt in (self.outputs[media_type].formats if media_type in self.outputs else fallback) or fallback
        ]

        def ended(reason: str) -> None:
            self.log.info("session %s... ended: %s", session[:6], reason)

        return ReceivingPeer(
            formats=formats,
            clock=self.clock,
            on_frame=self._write,
            on_end=ended,
            max_bitrate=self._max_bitrate,
        )

    def _write(self, media_type: MediaType, frame: EncodedFrame) -> None:
        if output := self.outputs.get(media_type):
            output.write(frame)

    def _find(self, request: Request) -> ReceivingPeer | None:
        """The session that a request names, where it is the one that is open."""
        session = text_of(request, "session").encode("utf-8", "surrogatepass")
        is_ours = bool(self._session) and secrets.compare_digest(session, self._session.encode())
        return self._peer if is_ours and self._peer and self._peer.state != "ended" else None

    async def _delete(self, request: Request) -> Answer:
        peer = self._find(request)
        if peer is None:
            return _NO_SESSION
        await peer.close("the publisher ended it")
        return 200, {}

    async def _trickle(self, request: Request) -> Answer:
        peer = self._find(request)
        if peer is None:
            return _NO_SESSION
        await peer.trickle(text_of(request, "fragment"))
        return 204, {}

    def _request_keyframe(self) -> None:
        if peer := self._peer:
            peer.request_keyframe()

    def _note_loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.log.warning("%s: %r", context.get("message"), context.get("exception"))
