import json
import re

import pytest
from django.test import Client

from factory.doors.api.docs.shapes import kind_of
from factory.doors.api.v1.openapi import description_of
from factory.doors.api.v1.resources import api


@pytest.fixture
def page(client: Client, db: None) -> str:
    return client.get("/api/v1/docs").content.decode()


def test_every_operation_and_shape_has_a_place_on_the_page(page: str) -> None:
    described = json.loads(description_of(api))
    operations = {each["operationId"] for methods in described["paths"].values() for each in methods.values()}
    places = re.findall(r'id="([^"]+)"', page)

    assert operations <= set(places)
    assert {f"shape-{name}" for name in described["components"]["schemas"]} <= set(places)
    assert len(places) == len(set(places))


def test_every_link_on_the_page_leads_to_a_place_on_it(page: str) -> None:
    links, places = re.findall(r'href="#([^"]+)"', page), set(re.findall(r'id="([^"]+)"', page))

    assert len(links) > 100
    assert sorted({link for link in links if link not in places}) == []


def test_every_operation_has_a_command_with_a_token(page: str) -> None:
    commands = re.findall(r'<code id="try-\w+">([^<]+)</code>', page)

    assert len(commands) == description_of(api).count('"operationId"')
    assert all("Authorization: Bearer $TOKEN" in command for command in commands)
    assert not [command for command in commands if "{" in command.split("\n")[0]]


def test_nothing_comes_from_elsewhere_and_nothing_is_written_into_the_page(page: str, client: Client) -> None:
    policy = client.get("/api/v1/docs")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="https?://(?!www\.rfc-editor\.org)', page)
    assert "style=" not in page


def test_it_says_what_the_limits_are(page: str) -> None:
    assert "1200 requests in 60 seconds" in page


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Run"}, "Run"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 5}, {"type": "null"}]}, "integer 1 to 5 or null"),
        ({"type": "string", "format": "date-time"}, "time (RFC 3339)"),
        ({"enum": ["a", "b"]}, "one of a, b"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number by name"),
        ({"type": "integer", "default": 50, "minimum": 1}, "integer from 1 (50 if left out)"),
        ({}, "anything"),
    ],
)
def test_kinds_are_said_in_words(schema: dict[str, object], words: str) -> None:
    assert kind_of(schema) == words
