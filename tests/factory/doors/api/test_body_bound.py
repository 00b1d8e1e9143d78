import http.client
import socket
from collections.abc import Iterator

import pytest

from factory.doors.api.body_bound import MOST_BYTES

pytestmark = pytest.mark.slow
PIECE = b"x" * 65536


def pieces(size: int) -> Iterator[bytes]:
    yield from (PIECE for _ in range(size // len(PIECE)))


def send_until_cut(port: int, headers: str, framed: bytes) -> tuple[int, bytes]:
    """How many bytes of body went off before the server ended it, and what it answered."""
    sent, answer = 0, b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST /sent HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n".encode())
        try:
            answer = connection.recv(4096) if "Content-Length" in headers else b""
            while not answer and sent < 16 * MOST_BYTES:
                connection.sendall(framed)
                sent += len(framed)
        except OSError:
            pass
    return sent, answer


def test_a_body_that_says_how_large_it_is_is_refused_before_it_comes(port: int) -> None:
    sent, answer = send_until_cut(port, f"Content-Length: {MOST_BYTES + 1}", PIECE)

    assert sent == 0
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"send less.\n")


def test_a_body_that_does_not_end_is_cut_off(port: int) -> None:
    chunk = f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n"

    sent, _ = send_until_cut(port, "Transfer-Encoding: chunked", chunk)

    # What the kernel holds on both sides comes on top.
    assert sent < 4 * MOST_BYTES


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_within_the_bound_is_taken(port: int, chunked: bool) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = pieces(MOST_BYTES) if chunked else b"x" * MOST_BYTES
    asking.request("POST", "/sent", body=body, encode_chunked=chunked)

    assert asking.getresponse().status == 200
    asking.close()
