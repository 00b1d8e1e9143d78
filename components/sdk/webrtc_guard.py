"""Keeps strangers' datagrams away from an established session.

aioice 0.13 hands every datagram that is not STUN to DTLS whoever sent it, where an empty one ends the session
and a ClientHello from anywhere takes the handshake over (OWASP ASVS 17.2.6); malformed STUN raises into the event loop.
"""

import logging
import time
from typing import Any

import aioice.ice
from aioice import stun

logger = logging.getLogger(__name__)
_MAX_QUEUED = 1024
"""Datagrams that may wait for DTLS to read them, such as before it has started."""
_STUN_HEADER_BYTES = 20
_LOG_INTERVAL_SECONDS = 10.0


class GuardedStunProtocol(aioice.ice.StunProtocol):
    """aioice's protocol behind a door: known sources and well-formed STUN alone come in.

    Attributes:
        discarded: datagrams dropped in this process.
    """

    discarded = 0
    _logged_at = 0.0

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        """Drop what is empty, what is neither STUN nor of a candidate pair, and what a parser cannot read."""
        datagram = data.encode() if isinstance(data, str) else data
        try:
            if self._is_welcome(datagram, (addr[0], addr[1])):
                super().datagram_received(datagram, addr)
                return
            reason = "not of this session"
        except Exception as error:
            reason = repr(error)
        self._discard(addr, reason)

    def _is_welcome(self, datagram: bytes, source: tuple[str, int]) -> bool:
        if not datagram:
            return False
        if datagram[0] < 4:
            # STUN, authenticated by aioice itself (RFC 7983, 7). It must parse: what does not, aioice takes for data.
            if len(datagram) < _STUN_HEADER_BYTES:
                return False
            stun.parse_message(datagram)
            return True
        connection = self.receiver
        if connection._queue.qsize() >= _MAX_QUEUED:
            return False
        return any(pair.protocol is self and pair.remote_addr == source for pair in connection._check_list)

    def _discard(self, addr: tuple[Any, ...], reason: str) -> None:
        cls = GuardedStunProtocol
        cls.discarded += 1
        now = time.monotonic()
        if now - cls._logged_at > _LOG_INTERVAL_SECONDS:
            cls._logged_at = now
            logger.warning("datagram from %s:%s dropped (%s), %d so far", addr[0], addr[1], reason, cls.discarded)


def install_guard() -> None:
    """Make every ICE connection that this process opens from now on a guarded one."""
    logging.getLogger("aioice").setLevel(logging.WARNING)  # It tells of every check at the level of news.
    aioice.ice.StunProtocol = GuardedStunProtocol  # type: ignore[misc]
