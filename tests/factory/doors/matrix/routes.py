"""The routes that the site has, read off its resolver, and the rows that say who gets what at each."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

TABLES = Path(__file__).parent / "tables"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROLES = ("owner", "admin", "developer", "operator", "viewer", "billing")
SCOPES = ("see", "run", "edit", "administer", "pay")
TOKENS = tuple(f"token_{scope}" for scope in SCOPES)
WHO = ("anonymous", "stranger", "stranger_token", "staff", *ROLES, *TOKENS)

# Written out on purpose: a policy that changes by mistake must not change what is expected of it.
MAY = {
    "see": {"owner", "admin", "developer", "operator", "viewer", "token_see"},
    "run": {"owner", "admin", "developer", "operator", "token_run"},
    "edit": {"owner", "admin", "developer", "token_edit"},
    "administer": {"owner", "admin", "token_administer"},
    "pay": {"owner", "admin", "billing", "token_pay"},
    "see_or_pay": {*ROLES, "token_see", "token_pay"},
    "own": {"owner"},
    "administer_in_person": {"owner", "admin"},
    "member": set(ROLES),
    "member_or_token": {*ROLES, *TOKENS},
    "signed_in": {"stranger", "staff", *ROLES},
    "staff": {"staff"},
    "signed_in_or_token": {*WHO} - {"anonymous"},
    "anybody": set(WHO),
    "anonymous": {"anonymous", "stranger_token", *TOKENS},
    "nobody": set[str](),
}
"""Who gets the answer of a row; everybody else gets what the door says to those it keeps out."""


@dataclasses.dataclass(frozen=True)
class Door:
    """What a door says to those it keeps out.

    Attributes:
        unknown: to who is not signed in.
        stranger: to members of other teams.
        lacking: to members whose role does not allow it.
        tokens: whether it knows the tokens of the API; else who sends one is nobody.
        forms: whether what changes something needs the CSRF token of a page.
    """

    unknown: int
    stranger: int
    lacking: int
    tokens: bool = False
    forms: bool = True


DOORS = {
    "api": Door(unknown=401, stranger=404, lacking=403, tokens=True, forms=False),
    "pages": Door(unknown=302, stranger=404, lacking=403),
    "accounts": Door(unknown=302, stranger=200, lacking=200),
    "machines": Door(unknown=401, stranger=401, lacking=401, forms=False),
    "admin": Door(unknown=302, stranger=302, lacking=302),
}


@dataclasses.dataclass(frozen=True)
class Row:
    """One method of one route.

    Attributes:
        route: as the resolver has it.
        door: whose words strangers hear.
        may: a key of `MAY`.
        status: for those who may.
        json, form, text, content_type, headers, query: what is sent.
        but: who gets another status, and which.
        writes: the model whose rows only those may change, for pages that lead everybody back.
        also: who else may change them.
        names: which name of the world stands in a place of the route, where it is not that of the place;
            `=text` is the text itself.
    """

    route: str
    method: str
    door: str
    may: str
    status: int
    json: Any = None
    form: dict[str, str] | None = None
    text: str = ""
    content_type: str = "application/yaml"
    query: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    but: dict[str, int] = dataclasses.field(default_factory=dict)
    writes: str = ""
    also: tuple[str, ...] = ()
    names: dict[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} /{self.route}"

    def filled(self, names: dict[str, str]) -> dict[str, str]:
        """What stands in the places of the route."""
        own = {place: each[1:] if each.startswith("=") else names[each] for place, each in self.names.items()}
        return names | own

    def changes(self, who: str) -> bool:
        """Whether rows are others afterwards."""
        return bool(self.writes) and (who in self.also or (who in MAY[self.may] and who not in TOKENS))

    def expected(self, who: str) -> int:
        """The status that they get."""
        door = DOORS[self.door]
        if "token" in who and not door.tokens:
            return 403 if door.forms and self.method != "GET" else self.expected("anonymous")
        if who in self.but:
            return self.but[who]
        if who in MAY[self.may]:
            return self.status
        if who == "anonymous":
            return door.unknown
        return door.stranger if who.startswith("st") else door.lacking


def routes() -> list[str]:
    """Every route of the resolver, once."""
    return list(dict.fromkeys(_walk(get_resolver().url_patterns, "")))


def _walk(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)


def rows() -> list[Row]:
    """Every row of every table; `see 200` is short for `{may: see, status: 200}`."""
    return [
        _row(table.stem.partition("_")[0], route, method, told)
        for table in sorted(TABLES.glob("*.yaml"))
        for route, methods in yaml.safe_load(table.read_text()).items()
        for method, told in methods.items()
    ]


def _row(door: str, route: str, method: str, told: str | dict[str, Any]) -> Row:
    fields = dict(zip(("may", "status"), told.split(), strict=True)) if isinstance(told, str) else told
    return Row(**{**fields, "status": int(fields["status"])}, route=route, method=method, door=door)


def address(route: str, names: dict[str, str]) -> str:
    """The address of a route with something in each of its places.

    Raises:
        KeyError: nobody says what stands in one of them.
    """
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<any:\1>", route).replace("^", "").replace("$", "").replace("\\", "")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: names[place[1]], plain)
