"""Where a pipeline is watched: any number of WHEP viewers, each sent what came in (draft-ietf-wish-whep-03)."""

import asyncio
import collections
import threading
from typing import Any

from components.contract.media_types import Format, MediaType
from components.contract.node_states import NodeState
from components.gateways.whep_out.alignment import SoundHold
from components.gateways.whep_out.feed import Feed
from components.gateways.whep_out.keyframes import KeyframeRequests
from components.gateways.whep_out.viewers import Viewers
from components.sdk.component import Node, Request, Sink
from components.sdk.frames import EncodedFrame, Frame
from components.sdk.webrtc_guard import GuardedStunProtocol
from components.sdk.webrtc_offer import OfferRefused
from components.sdk.webrtc_outgoing import NtpClock
from components.sdk.webrtc_packets import Packed
from components.sdk.webrtc_requests import RETRY_SECONDS, Answer, RequestDesk, is_late, text_of

VIDEO_SECONDS = 2.0
"""How long an offer waits until it is known what comes in."""
_FRESH_NS = 200_000_000
"""A keyframe that lies back less is new enough for one who joins."""
_TICK_SECONDS = 0.1
_TICKS_A_COUNT = 10
_END_SECONDS = 4.0
_NO_SESSION: Answer = (404, {"title": "There is no such session; it may have ended by itself"})


class WhepOut(Sink):
    """Sends on what was encoded before, untouched; it neither decodes nor encodes."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._stop = threading.Event()
        self._told: str | None = None
        self._sent_before = 0
        self._answering = 0
        self._error: BaseException | None = None
        self._hold = SoundHold()
        self._held: collections.deque[Packed] = collections.deque()
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread
        self._feed: Feed
        self._keyframes: KeyframeRequests
        self._viewers: Viewers
        self._desk: RequestDesk

    def start(self) -> None:
        """Be ready for the first viewer."""
        self._loop = loop = asyncio.new_event_loop()
        loop.set_exception_handler(self._note_loop_error)
        self._feed = Feed(loop, self._deliver)
        self._keyframes = KeyframeRequests(loop, self._ask_upstream)
        self._viewers = Viewers(
            ntp=NtpClock(self.clock), catch_up=self._feed.catch_up, want_keyframe=self._keyframes.want
        )
        verbs = {"whep-offer": self._offer, "whep-delete": self._delete, "whep-trickle": self._trickle}
        self._desk = RequestDesk(loop, verbs)
        self.measures.update(viewers=0, sessions=0, packets=0, bitrate_kbps=0, keyframes_requested=0, dropped=0)
        self.measures.update(datagrams_dropped=0)
        self._tell(0)
        self._thread = threading.Thread(target=self._run, name="viewers", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        except BaseException as error:  # The next frame tells the node.
            self._error = error
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        ticks = 0
        while not self._stop.is_set():
            await asyncio.sleep(_TICK_SECONDS)
            self._tell(self._viewers.watching)
            ticks += 1
            if ticks % _TICKS_A_COUNT == 0:
                self._count()
        await self._viewers.close("the node drains")
        self._keyframes.arrived()
        self._count()

    def stop(self) -> None:
        """Send everybody away."""
        self._stop.set()
        self._thread.join(_END_SECONDS)

    def _tell(self, watching: int) -> None:
        reason = "no viewers" if not watching else f"{watching} viewer{'s' if watching > 1 else ''}"
        if reason != self._told and not self._stop.is_set():
            self._told = reason
            self.set_state(NodeState.READY, reason)

    def _count(self) -> None:
        counts = self._viewers.counts()
        bits = (counts["bytes"] - self._sent_before) * 8
        self._sent_before = counts["bytes"]
        self.measures.update(
            viewers=self._viewers.watching,
            sessions=self._viewers.total,
            packets=counts["packets"],
            bitrate_kbps=round(bits / (_TICK_SECONDS * _TICKS_A_COUNT) / 1000, 1),
            keyframes_requested=self._keyframes.sent,
            dropped=counts["dropped"] + self._feed.dropped,
            datagrams_dropped=GuardedStunProtocol.discarded,
        )

    def receive(self, port: str, frame: Frame) -> None:
        """From a wire's thread: pack it and hand it to the loop."""
        if self._error:
            raise RuntimeError("the viewers' loop broke") from self._error
        if isinstance(frame, EncodedFrame):
            self._feed.take(frame)

    def _deliver(self, unit: Packed) -> None:
        now = self.clock.now()
        if unit.format is Format.OPUS:
            self._held.append(unit)
            self._loop.call_later((self._hold.sound(unit, now) - now) / 1e9, self._send_sound)
            return
        self._hold.picture(unit, now)
        if unit.keyframe:
            self._keyframes.arrived()
        self._viewers.send(unit)

    def _send_sound(self) -> None:
        # The oldest, whichever timer rang: two that ring together may do so in any order.
        self._viewers.send(self._held.popleft())

    def _ask_upstream(self) -> None:
        self.inputs[MediaType.VIDEO].request_keyframe()

    def handle_request(self, request: Request) -> None:
        """Answer `whep-offer` {sdp} with 201 {sdp, session}, `whep-delete` {session} with 200, and `whep-trickle`
        {session, fragment} with 204.
        """
        if not self._desk.take(request):
            super().handle_request(request)

    async def _offer(self, request: Request) -> Answer:
        offer = text_of(request, "sdp")
        if not offer:
            return 400, {"title": "The offer has no text"}
        most = self.parameters["max_viewers"]
        if len(self._viewers) + self._answering >= most:
            title = f"All {most} places are taken; come back later, or let this node have more viewers"
            return 503, {"title": title, "retry_after": RETRY_SECONDS}
        self._answering += 1
        try:
            formats = await self._formats()
        finally:
            self._answering -= 1
        if formats is None:
            title = "Nothing is coming in yet; start what feeds this node, then try again"
            return 503, {"title": title, "retry_after": RETRY_SECONDS}
        if MediaType.VIDEO in formats and (self._feed.age_ns is None or self._feed.age_ns > _FRESH_NS):
            self._keyframes.want()  # It comes while the connection is made.
        session, peer = self._viewers.admit(formats)
        answer = await peer.answer(offer)
        if is_late(request, self.clock.now()):
            await peer.close("nobody waits for the answer any more")
            return 504, {"title": "The answer came too late"}
        return 201, {"sdp": answer, "session": session}

    async def _formats(self) -> dict[MediaType, Format] | None:
        """What the wires carry, None where that is not known in time."""
        formats = {}
        if self.inputs[MediaType.VIDEO].wires:
            if not await self._feed.wait_for_video(VIDEO_SECONDS) or self._feed.video is None:
                return None
            if not self._feed.playable:
                raise OfferRefused(406, "this pipeline carries H.264 beyond baseline, which players need not decode")
            formats[MediaType.VIDEO] = self._feed.video
        if self.inputs[MediaType.AUDIO].wires:
            formats[MediaType.AUDIO] = Format.OPUS
        return formats

    async def _delete(self, request: Request) -> Answer:
        peer = self._viewers.find(text_of(request, "session"))
        if peer is None:
            return _NO_SESSION
        await peer.close("the viewer ended it")
        return 200, {}

    async def _trickle(self, request: Request) -> Answer:
        peer = self._viewers.find(text_of(request, "session"))
        if peer is None:
            return _NO_SESSION
        await peer.trickle(text_of(request, "fragment"))
        return 204, {}

    def _note_loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.log.warning("%s: %r", context.get("message"), context.get("exception"))
