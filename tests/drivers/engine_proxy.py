"""A door to the real engine that a test may shut and open again, as if the engine restarted."""

import contextlib
import socket
import threading
from pathlib import Path

_BYTES = 65536


class EngineProxy:
    """Listens at `path` and passes every connection on to the engine."""

    def __init__(self, path: Path, engine: str) -> None:
        self.path = path
        self._engine = engine
        self._open: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        """Let callers in."""
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(str(self.path))
        self._server.listen(16)
        self._accepting = threading.Thread(target=self._accept, args=(self._server,), daemon=True)
        self._accepting.start()

    def shut(self) -> None:
        """Cut every connection and refuse new ones."""
        self.path.unlink()
        self._server.shutdown(socket.SHUT_RDWR)
        self._accepting.join(timeout=5)
        self._server.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            engine.connect(self._engine)
            self._open += [caller, engine]
            for source, target in ((caller, engine), (engine, caller)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_BYTES):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
