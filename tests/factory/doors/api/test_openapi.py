import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from factory.doors.api.v1.openapi import description_of
from factory.doors.api.v1.resources import api

ROOT = Path(__file__).resolve().parents[4]


def test_the_description_that_lies_here_is_what_the_code_gives() -> None:
    call_command("openapi", ROOT / "docs" / "openapi.json", "--check")


def test_a_description_that_is_out_of_date_is_refused_and_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    for text in (None, "{}"):
        if text is not None:
            file.write_text(text)
        with pytest.raises(CommandError, match=r"write it again with: manage\.py openapi"):
            call_command("openapi", file, "--check")

    call_command("openapi", file)

    assert file.read_text() == description_of(api)
    call_command("openapi", file, "--check")


def test_programs_read_it_without_signing_in(client: Client) -> None:
    response = client.get("/api/v1/openapi.json")

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.content.decode() == description_of(api)


def test_every_operation_says_how_errors_are_said_and_has_a_name_of_its_own() -> None:
    described = json.loads(description_of(api))
    operations = [each for path in described["paths"].values() for each in path.values()]

    assert described["openapi"] == "3.1.0"
    assert len({each["operationId"] for each in operations}) == len(operations) > 15
    assert all("application/problem+json" in each["responses"]["default"]["content"] for each in operations)
    assert all(each["summary"] and each["description"] for each in operations)


def test_every_shape_that_is_named_exists() -> None:
    text = description_of(api)
    shapes = set(json.loads(text)["components"]["schemas"])

    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}

    assert named <= shapes


def test_a_component_is_answered_with_nothing_left_out() -> None:
    shapes = json.loads(description_of(api))["components"]["schemas"]

    for name in ("Component", "InputPort", "OutputPort", "Parameter", "Permissions", "Runtime"):
        assert set(shapes[name]["required"]) == set(shapes[name]["properties"])
    assert shapes["Document"]["required"] == ["api_version", "name", "nodes"]
