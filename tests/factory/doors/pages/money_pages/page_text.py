"""Reads from a page what tests ask: its words, its links, and amounts of money as whole micro-units."""

import re
from html import unescape
from html.parser import HTMLParser

from django.test import Client


class Page(HTMLParser):
    """The cells of each table by its rows, and where each link leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._is_cell = False
        self.feed(html)

    @property
    def text(self) -> str:
        """Its words, with one space between."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.html)).split())

    def row(self, first: str) -> list[str]:
        """The row of a table that begins with this cell."""
        return next(row for row in self.rows if row and row[0] == first)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._is_cell = True
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]} {data}".split())


def read(browser: Client, address: str, *, status: int = 200) -> Page:
    """A page that answers with this status."""
    answer = browser.get(address)
    assert answer.status_code == status, answer.content
    return Page(answer.content.decode())


def micros(shown: str) -> int:
    """From "−€1.234567" to -1234567."""
    found = re.fullmatch(r"(about )?([+−-]?)€(\d+)\.(\d{6})", shown)
    assert found is not None, shown
    return (-1 if found[2] in ("−", "-") else 1) * int(found[3] + found[4])
