import asyncio
from typing import Any

import pytest

from factory.doors.api.client_address import forwarded_address, tell_client_address


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        ("203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
        ("203.0.113.7", 2, None),
        ("", 1, None),
        ("somebody", 1, None),
    ],
)
def test_the_outermost_proxy_of_ours_says_who_asks(header: str, proxies: int, address: str | None) -> None:
    assert forwarded_address(header, proxies) == address


def test_the_application_sees_it_and_without_proxies_the_header_is_anybodys_word() -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    scope = {"client": ["127.0.0.1", 5], "headers": [(b"x-forwarded-for", b"203.0.113.7")]}

    async def ask() -> None:
        for proxies in (0, 1):
            await tell_client_address(application, proxies=proxies)(scope, None, None)

    asyncio.run(ask())

    assert seen == ["127.0.0.1", "203.0.113.7"]
