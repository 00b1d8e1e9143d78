"""Who is let in by where they say they come from."""

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from pytest_django import Settings

from factory.doors.live.origin import OwnOriginOnly, origin_of

SITE = "https://factory.example"
Headers = list[tuple[bytes, bytes]]


async def _accept(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


async def _is_let_in(headers: Headers) -> bool:
    socket = WebsocketCommunicator(OwnOriginOnly(_accept), "/live/alice/hello/", headers=headers)
    accepted, _code = await socket.connect()
    return bool(accepted)


@pytest.mark.parametrize("origin", [SITE, f"{SITE}:443", "https://FACTORY.example"])
async def test_pages_of_the_site_are_let_in(origin: str, settings: Settings) -> None:
    settings.FACTORY_ORIGINS = [SITE]
    assert await _is_let_in([(b"origin", origin.encode())])


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "*",
        "factory.example",
        "http://factory.example",
        f"{SITE}:8443",
        f"{SITE}.evil.example",
        "https://evil.example",
        "https://sub.factory.example",
        "https://factory.example@evil.example",
        "https://evil.example@factory.example",
        f"{SITE}/path",
        f"{SITE}?query",
        f"{SITE}#fragment",
        f"{SITE}:port",
        f"{SITE}:99999",
        f"{SITE} https://evil.example",
        "https://[::1",
        "file://",
        "https://" + "a" * 1000,
        "\xff",
    ],
)
async def test_everybody_else_is_refused_the_handshake(origin: str, settings: Settings) -> None:
    settings.FACTORY_ORIGINS = [SITE]
    assert not await _is_let_in([(b"origin", origin.encode("latin1"))])


async def test_without_an_origin_or_with_two_nobody_is_let_in(settings: Settings) -> None:
    settings.FACTORY_ORIGINS = [SITE]
    assert not await _is_let_in([])
    assert not await _is_let_in([(b"origin", SITE.encode()), (b"origin", b"https://evil.example")])
    assert not await _is_let_in([(b"origin", SITE.encode())] * 2)


def test_on_this_machine_every_name_of_it_is_the_site() -> None:
    from_settings = [origin_of(f"http://{name}:8000") for name in ("localhost", "127.0.0.1", "[::1]")]
    assert from_settings == [("http", "localhost", 8000), ("http", "127.0.0.1", 8000), ("http", "::1", 8000)]
