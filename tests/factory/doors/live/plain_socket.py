"""A WebSocket client of a few lines (RFC 6455), that can also refuse to read, as no library's would."""

import asyncio
import base64
import json
import os
import socket
import struct
from typing import Any

PATIENCE_SECONDS = 30.0
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_TCP_CLOSED = 7


class Refused(Exception):
    """The handshake was answered with something else than 101."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class PlainSocket:
    """One connection.

    Attributes:
        code: with which the server closed, once it has.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.code: int | None = None
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int, path: str, *, session: str, origin: str) -> "PlainSocket":
        """Connect as a browser with this session would.

        Raises:
            Refused: with the HTTP status.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4 * 1024 * 1024)
        writer.write(handshake(port, path, session=session, origin=origin))
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            writer.close()
            raise Refused(status)
        return cls(reader, writer)

    async def take(self) -> dict[str, Any] | None:
        """The next message, acknowledged; None once the server has closed."""
        while True:
            try:
                kind, payload = await self._read_frame()
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
            if kind == _TEXT:
                message: dict[str, Any] = json.loads(payload)
                self.say({"type": "ack", "seq": message["seq"]})
                return message
            if kind == _CLOSE:
                self.code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                self._write(_CLOSE, payload)
                return None
            if kind == _PING:
                self._write(_PONG, payload)

    def say(self, message: Any) -> None:
        """Send text; what is no text becomes JSON."""
        self._write(_TEXT, (message if isinstance(message, str) else json.dumps(message)).encode())

    async def leave(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            pass

    async def _read_frame(self) -> tuple[int, bytes]:
        first, second = await self._reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(size)

    def _write(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
        self._writer.write(bytes([0x80 | kind]) + size + mask + masked)


class DeafSocket:
    """Shakes hands and never reads again."""

    def __init__(self, port: int, path: str, *, session: str, origin: str) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(handshake(port, path, session=session, origin=origin))

    @property
    def is_gone(self) -> bool:
        """Whether the connection was ended by the other side; read from the kernel, not from the connection."""
        return self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSED

    def close(self) -> None:
        self._socket.close()


def handshake(port: int, path: str, *, session: str, origin: str) -> bytes:
    """The request of RFC 6455, section 4.1."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        f"Cookie: sessionid={session}",
        f"Origin: {origin}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
