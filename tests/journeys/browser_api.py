"""Asks the API as the pages do: with the session of somebody who is signed in, and the CSRF header."""

import dataclasses
from typing import Any

from playwright.sync_api import BrowserContext


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    json: Any


class Api:
    """The API in the name of a browser's visitor."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self._context = context
        self._site = site

    def get(self, address: str) -> Answer:
        """Ask for an address of the site."""
        return self.send("GET", address)

    def send(self, method: str, address: str, value: Any = None) -> Answer:
        """Ask with a JSON body; whatever is refused fails the journey."""
        cookies = {cookie.get("name"): cookie.get("value", "") for cookie in self._context.cookies(self._site)}
        headers = {"X-CSRFToken": str(cookies.get("csrftoken", "")), "Referer": f"{self._site}/"}
        options = {} if value is None else {"data": value}
        response = self._context.request.fetch(f"{self._site}{address}", method=method, headers=headers, **options)
        text = response.text()
        assert response.ok, f"{method} {address}: {response.status} {text}"
        is_json = "json" in response.headers.get("content-type", "")
        return Answer(response.status, text, response.json() if is_json and text else None)
