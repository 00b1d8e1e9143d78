"""The two connected ends of a wire."""

import os
import socket

WIRE_BUFFER_BYTES = 4 * 1024 * 1024
"""Only a ceiling: how much may be unread is bounded by credits."""
# Beyond the system's own ceiling where we are permitted (CAP_NET_ADMIN); the socket module does not name them.
_SO_SNDBUFFORCE = 32
_SO_RCVBUFFORCE = 33


def make_pair() -> tuple[int, int]:
    """Two descriptors of a connected Unix stream; the caller closes both.

    Raises:
        OSError: no descriptor to be had.
    """
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        for end in (one, other):
            _enlarge(end)
    except BaseException:
        one.close()
        other.close()
        raise
    return one.detach(), other.detach()


def _enlarge(end: socket.socket) -> None:
    for forced, asked in ((_SO_SNDBUFFORCE, socket.SO_SNDBUF), (_SO_RCVBUFFORCE, socket.SO_RCVBUF)):
        try:
            end.setsockopt(socket.SOL_SOCKET, forced, WIRE_BUFFER_BYTES)
        except PermissionError:
            end.setsockopt(socket.SOL_SOCKET, asked, WIRE_BUFFER_BYTES)


def close_all(descriptors: tuple[int, ...]) -> None:
    """Close each of them once."""
    for descriptor in descriptors:
        os.close(descriptor)
