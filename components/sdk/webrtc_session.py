"""One WebRTC session from its offer to its end, whichever way the media goes."""

import asyncio
import logging
from collections.abc import Callable

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.sdp import MediaDescription, SessionDescription

from components.sdk.webrtc_guard import install_guard
from components.sdk.webrtc_offer import MAX_CANDIDATES, CandidatePolicy, OfferRefused, Role, clean_offer
from components.sdk.webrtc_trickle import TrickleRefused, read_fragment

logger = logging.getLogger(__name__)
CONNECT_SECONDS = 30.0
"""How long an answered session may take until media can flow; then it is freed (RFC 9725, 4.2)."""
_CLOSE_SECONDS = 5.0


class PeerSession:
    """What receiving and sending have in common. Belongs to one event loop.

    Args:
        role: what the peer is.
        on_end: called in the loop once, with the reason, when the session is over, whoever ended it.
        policy: which of the peer's addresses may be tried.
        connect_seconds: how long it may take to connect.

    Attributes:
        state: "new", "connecting", "connected" or "ended".
    """

    def __init__(
        self, *, role: Role, on_end: Callable[[str], None], policy: CandidatePolicy | None, connect_seconds: float
    ) -> None:
        install_guard()
        self.state = "new"
        self._role = role
        self._on_end = on_end
        self._policy = policy or CandidatePolicy()
        self._connect_seconds = connect_seconds
        self._loop = asyncio.get_running_loop()
        self._connect_timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._candidates = 0
        self._ufrag = ""
        # No STUN server: one that does not answer would cost five seconds (and aiortc's default is a stranger's).
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection = RTCPeerConnection(configuration)
        self._connection.on("connectionstatechange", self._connection_changed)

    async def answer(self, offer: str) -> str:
        """Answer an SDP offer; from then on the session ends by `close`, by its peer or by a time-out.

        Raises:
            OfferRefused: malformed, over a bound or not supported; the session is closed.
        """
        try:
            cleaned = clean_offer(offer, self._policy, role=self._role)
            answer = await self._negotiate(cleaned)
        except OfferRefused as refusal:
            await self.close(refusal.reason)
            raise
        except Exception as error:
            # aiortc's parser raises what it happens to stumble over: each is the offer's fault.
            logger.info("an offer could not be read: %r", error)
            await self.close("the offer could not be read")
            raise OfferRefused(400, "the offer could not be read") from error
        self.state = "connecting"
        self._connect_timer = self._loop.call_later(self._connect_seconds, self._not_connected)
        return answer

    async def _negotiate(self, offer: str) -> str:
        sections = SessionDescription.parse(offer).media
        self._candidates = sum(len(media.ice_candidates) for media in sections)
        self._ufrag = next((media.ice.usernameFragment or "" for media in sections if media.ice), "")
        self._prepare(sections)
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for transceiver in self._connection.getTransceivers():
            transport = transceiver.receiver.transport
            if transport._role == "auto":
                # The peer then speaks first, as soon as its own checks succeed (RFC 8842, 5.3).
                transport._set_role("server")
        await self._connection.setLocalDescription()
        return self._connection.localDescription.sdp

    def _prepare(self, sections: list[MediaDescription]) -> None:
        """Add a transceiver for each media section of the offer.

        Raises:
            OfferRefused: a section cannot be served.
        """
        raise NotImplementedError

    async def trickle(self, fragment: str) -> None:
        """Take more of the peer's addresses (RFC 9725, 4.3.1).

        That no more will come changes nothing: one that hides its addresses may still reach us.

        Raises:
            TrickleRefused: malformed, too many candidates in this session, or an ICE restart.
        """
        read = read_fragment(fragment, ufrag=self._ufrag, policy=self._policy)
        if self._candidates + read.stated > MAX_CANDIDATES:
            raise TrickleRefused(413, f"a session may name at most {MAX_CANDIDATES} candidates")
        self._candidates += read.stated
        transport = self._connection.getTransceivers()[0].receiver.transport.transport
        for candidate in read.candidates:
            if self.state == "connecting":
                await transport.addRemoteCandidate(candidate)

    def _connection_changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and self.state == "connecting":
            self.state = "connected"
            if self._connect_timer:
                self._connect_timer.cancel()
            self._connected()
        elif state in ("failed", "closed") and self.state != "ended":
            self.end_soon(f"the {self._role} left" if self.state == "connected" else "the connection failed")

    def _connected(self) -> None:
        """Media can flow."""

    def _not_connected(self) -> None:
        self.end_soon(f"no connection within {self._connect_seconds:g} s")

    def end_soon(self, reason: str) -> None:
        """Begin to end the session."""
        if self._closing is None:
            self._closing = self._loop.create_task(self.close(reason))

    async def close(self, reason: str) -> None:
        """End the session and free its sockets; again only waits until that is done."""
        if self.state == "ended":
            await self._closed.wait()
            return
        self.state = "ended"
        if self._connect_timer:
            self._connect_timer.cancel()
        self._release()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._connection.close()
        except Exception as error:
            logger.warning("a session did not close in order: %r", error)
        logger.info("session ended: %s", reason)
        self._closed.set()
        self._on_end(reason)

    def _release(self) -> None:
        """The session ends: cancel timers and tasks of one's own."""
