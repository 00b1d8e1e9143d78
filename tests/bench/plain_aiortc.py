"""What a WHEP address is in plain aiortc: its own track, encoded anew for each viewer, answered over plain HTTP."""

import asyncio
import contextlib
import http.server
import threading
from collections.abc import Iterator

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from components.sdk.webrtc_testing import Pictures, Tone

_ANSWER_SECONDS = 10.0


class _Sessions:
    """Peer connections in a loop of their own."""

    def __init__(self, width: int, height: int, frame_rate: int) -> None:
        self._shape = (width, height, frame_rate)
        self._open: set[RTCPeerConnection] = set()
        self.loop = asyncio.new_event_loop()

    async def answer(self, offer: str) -> str:
        """As aiortc's own examples do it."""
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._open.add(connection)
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        connection.addTrack(Pictures(*self._shape))
        connection.addTrack(Tone())
        [video] = [one for one in connection.getTransceivers() if one.kind == "video"]
        codecs = RTCRtpSender.getCapabilities("video").codecs
        video.setCodecPreferences([one for one in codecs if one.mimeType in ("video/H264", "video/rtx")])
        await connection.setLocalDescription()
        return connection.localDescription.sdp

    async def close(self) -> None:
        """End every session."""
        await asyncio.gather(*(one.close() for one in self._open))
        self._open.clear()


@contextlib.contextmanager
def serve_plain_aiortc(width: int, height: int, frame_rate: int) -> Iterator[tuple[str, _Sessions]]:
    """Serve within the block; yields the address and the sessions."""
    sessions = _Sessions(width, height, frame_rate)

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

        def _respond(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            for name in ("Origin", "Headers", "Methods"):
                self.send_header(f"Access-Control-Allow-{name}", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_OPTIONS(self) -> None:
            self._respond(204)

        def do_POST(self) -> None:
            offer = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answering = asyncio.run_coroutine_threadsafe(sessions.answer(offer), sessions.loop)
            self._respond(201, answering.result(_ANSWER_SECONDS).encode())

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threads = [
            threading.Thread(target=server.serve_forever, daemon=True),
            threading.Thread(target=sessions.loop.run_forever, daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", sessions
        finally:
            asyncio.run_coroutine_threadsafe(sessions.close(), sessions.loop).result(_ANSWER_SECONDS)
            sessions.loop.call_soon_threadsafe(sessions.loop.stop)
            server.shutdown()
            for thread in threads:
                thread.join(5)
            sessions.loop.close()
