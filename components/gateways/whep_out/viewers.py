"""Who watches: sessions by their names, what each gets, and what all of them together cost."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.sdk.webrtc_outgoing import NtpClock
from components.sdk.webrtc_packets import Packed
from components.sdk.webrtc_sender import SendingPeer

logger = logging.getLogger(__name__)
CONNECT_SECONDS = 20.0
"""A session that is answered and does not connect is freed after this."""


class Viewers:
    """Belongs to one event loop.

    Args:
        ntp: what all sender reports are dated by.
        catch_up: gives what one who joins needs to begin at once.
        want_keyframe: asks upstream for one.

    Attributes:
        total: sessions since the start.
    """

    def __init__(
        self, *, ntp: NtpClock, catch_up: Callable[[], list[Packed]], want_keyframe: Callable[[], None]
    ) -> None:
        self.total = 0
        self._ntp = ntp
        self._catch_up = catch_up
        self._want_keyframe = want_keyframe
        self._peers: dict[str, SendingPeer] = {}
        self._gone = {"packets": 0, "bytes": 0, "dropped": 0}

    def __len__(self) -> int:
        """Open sessions, those included that are still connecting."""
        return len(self._peers)

    @property
    def watching(self) -> int:
        """Sessions that are connected."""
        return sum(peer.state == "connected" for peer in self._peers.values())

    def find(self, session: str) -> SendingPeer | None:
        """The open session of this name."""
        return self._peers.get(session)

    def admit(self, formats: Mapping[MediaType, Format]) -> tuple[str, SendingPeer]:
        """A new session and its name, which cannot be guessed."""
        session = secrets.token_urlsafe(24)

        def ended(reason: str) -> None:
            logger.info("session %s... ended: %s", session[:6], reason)
            if self._peers.pop(session, None):
                for name, count in _counts(peer).items():
                    self._gone[name] += count

        peer = SendingPeer(
            formats=formats,
            ntp=self._ntp,
            on_ready=self._begin,
            on_keyframe_request=self._want_keyframe,
            on_end=ended,
            connect_seconds=CONNECT_SECONDS,
        )
        self._peers[session] = peer
        self.total += 1
        return session, peer

    def _begin(self, peer: SendingPeer) -> None:
        """A viewer can be sent to: what there is since the last keyframe at once, else from the next one on."""
        begun = self._catch_up()
        for unit in begun:
            peer.send(unit)
        if not begun and MediaType.VIDEO in peer.formats:
            self._want_keyframe()

    def send(self, unit: Packed) -> None:
        """A unit for everybody; never waits. Those who agreed on another format are sent away to come again."""
        for peer in tuple(self._peers.values()):
            agreed = peer.formats.get(MEDIA_TYPE[unit.format], unit.format)
            if agreed is unit.format:
                peer.send(unit)
            else:
                peer.end_soon(f"the pipeline carries {unit.format} now")

    def counts(self) -> dict[str, int]:
        """`packets`, `bytes` and `dropped` of all sessions since the start."""
        counted = [_counts(peer) for peer in self._peers.values()]
        return {name: before + sum(one[name] for one in counted) for name, before in self._gone.items()}

    async def close(self, reason: str) -> None:
        """End every session."""
        await asyncio.gather(*(peer.close(reason) for peer in tuple(self._peers.values())))


def _counts(peer: SendingPeer) -> dict[str, int]:
    return {"packets": peer.packets, "bytes": peer.bytes, "dropped": peer.dropped}
