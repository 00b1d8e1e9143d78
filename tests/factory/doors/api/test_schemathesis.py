"""Asks what the description says can be asked, and what it does not: nothing fails, every answer is as described."""

import json
from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from schemathesis import GenerationMode
from schemathesis.core.transport import Response

from factory.doors.api.rate_limits import buckets
from factory.doors.api.v1.openapi import description_of
from factory.doors.api.v1.resources import api
from tests.factory.doors.matrix.world import World

DESCRIBED = json.loads(description_of(api))
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = [(method.upper(), path) for path, methods in DESCRIBED["paths"].items() for method in methods]
EXAMPLES = 10
"""Of each operation, and of each way to ask: as described, and not as described."""
OTHER_NAMES = {"/endpoints/": {"slug": "idle", "token": "endpoint_token"}, "/marketplace/": {"name": "component"}}
"""What stands in the places of some addresses, by a part of them; else what the world has under their names."""
pytestmark = pytest.mark.django_db


def test_the_description_is_openapi_3_1() -> None:
    SCHEMA.validate()

    assert DESCRIBED["openapi"] == "3.1.0"
    assert len(OPERATIONS) > 40


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as described", "otherwise"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: str(part))
def test_nothing_fails_and_every_answer_is_as_described(
    mode: GenerationMode, method: str, path: str, world: World
) -> None:
    operation = SCHEMA[path][method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        # Nothing can be wrong with an address alone but that it is another.
        return
    cases = operation.as_strategy(generation_mode=mode, path_parameters=_places(path, world.names))
    healthy = list(HealthCheck)

    @bounded(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=healthy, deadline=None)
    @given(cases)
    def ask(case: schemathesis.Case[Any]) -> None:
        response = _send(world.browsers["owner"], case)
        assert response.status_code < 500 or response.status_code == 503, response.text
        operation.validate_response(response)

    ask()


def _places(path: str, names: dict[str, str]) -> dict[str, str]:
    others = next((each for part, each in OTHER_NAMES.items() if part in path), {})
    places = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return {place: names[others.get(place, place)] for place in places}


def _send(browser: Client, case: schemathesis.Case[Any]) -> Response:
    """Ask as the case says, as somebody who is signed in, and take back what it did."""
    prepared = requests.Request(**_plain(case)).prepare()
    buckets.cache_clear()
    headers = {name: value for name, value in prepared.headers.items() if name not in ("Content-Length", "Cookie")}
    kind = headers.pop("Content-Type", "")
    body: Any = prepared.body or b""
    with transaction.atomic():
        answer = browser.generic(
            case.method,
            prepared.path_url,
            body.encode() if isinstance(body, str) else body,
            kind,
            headers=headers,
        )
        transaction.set_rollback(True)
    content = answer.content if not answer.streaming else b""
    told = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, told, content, prepared, elapsed=0.0, verify=False)


def _plain(case: schemathesis.Case[Any]) -> dict[str, Any]:
    told = case.as_transport_kwargs(base_url="http://testserver")
    # The browser has its own.
    told.pop("cookies", None)
    return {
        name: value for name, value in told.items() if name in ("method", "url", "headers", "params", "json", "data")
    }
