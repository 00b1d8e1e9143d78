"""Asks what a row says, as somebody of the world, and takes back what that did."""

import copy
import dataclasses
import json
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from factory.doors.api.rate_limits import buckets
from tests.factory.doors.matrix.routes import Row, address


@dataclasses.dataclass(frozen=True)
class Got:
    """What they got: `changed` where rows of the row's model are others."""

    response: Any
    changed: bool

    @property
    def status(self) -> int:
        return int(self.response.status_code)


def ask(browser: Client, row: Row, names: dict[str, str]) -> Got:
    """Send it; nobody is kept waiting for having asked much."""
    path = address(row.route, row.filled(names)) + (f"?{row.query}" if row.query else "")
    buckets.cache_clear()
    cache.clear()
    cookies = copy.deepcopy(browser.cookies)
    before = _rows_of(row.writes)
    with transaction.atomic():
        response = _send(browser, row, path, names)
        got = Got(response, _rows_of(row.writes) != before)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return got


def _send(browser: Client, row: Row, path: str, names: dict[str, str]) -> Any:
    if row.form is not None:
        return browser.post(path, {key: value.format(**names) for key, value in row.form.items()}, headers=row.headers)
    body = row.text or (json.dumps(row.json) if row.json is not None else "")
    kind = row.content_type if row.text else "application/json"
    return browser.generic(row.method, path, body.encode(), kind, headers=row.headers)


def _rows_of(model: str) -> list[Any]:
    """All rows of a model, such as `accounts.Member`; nothing where none is named."""
    return list(apps.get_model(model).objects.order_by("pk").values()) if model else []
