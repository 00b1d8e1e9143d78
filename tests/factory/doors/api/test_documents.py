from typing import Any

from django.test import Client

from factory.domain.graph.document import parse, to_value
from tests.factory.doors.api.browsers import send
from tests.factory.hello import HELLO


def parse_text(browser: Client, text: str, media_type: str = "text/yaml") -> Any:
    return browser.generic("POST", "/api/v1/documents/parse", text, media_type)


def test_text_becomes_a_document_and_text_again(viewer: Client) -> None:
    parsed = parse_text(viewer, HELLO).json()
    printed = send(viewer, "POST", "/api/v1/documents/print", parsed["document"])

    assert parsed == {"document": to_value(parse(HELLO)), "problems": []}
    assert printed["Content-Type"] == "application/yaml; charset=utf-8"
    assert parse(printed.content.decode()) == parse(HELLO)
    assert parse_text(viewer, printed.content.decode()).json() == parsed


def test_numbers_and_truth_survive_as_they_are(viewer: Client) -> None:
    value = {"nodes": {"a": {"component": "overlay@1.0.0", "parameters": {"x": 1, "y": 1.5, "z": True, "t": "1"}}}}
    document = {"api_version": 1, "name": "exact", **value}

    printed = send(viewer, "POST", "/api/v1/documents/print", document).content.decode()

    assert parse_text(viewer, printed).json()["document"] == document


def test_what_cannot_be_read_is_told_line_by_line(viewer: Client) -> None:
    response = parse_text(viewer, "api_version: 1\nname: hello\nnodes: {}\nwires:\n  - camera to file\n  - a.b -> c\n")

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "graph:user:file-invalid")
    assert [each["line"] for each in problem["problems"]] == [5, 6]
    assert "write it as camera.video -> file.video" in problem["problems"][0]["message"]


def test_a_document_that_is_none_is_refused_with_every_reason(viewer: Client) -> None:
    response = send(viewer, "POST", "/api/v1/documents/print", {"nodes": [], "colour": 1})

    messages = " ".join(each["message"] for each in response.json()["problems"])
    assert response.status_code == 422
    assert all(word in messages for word in ("api_version", "name", "nodes", "colour"))


def test_what_cannot_run_is_read_and_its_problems_listed(viewer: Client) -> None:
    response = parse_text(viewer, "api_version: 1\nname: alone\nnodes:\n  file: {component: recorder@1.0.0}\n")

    (problem,) = response.json()["problems"]
    assert (problem["code"], problem["node"]) == ("unconnected", "file")
    assert set(problem) == {"code", "node", "port", "parameter", "wire", "message", "remedy"}


def test_text_is_taken_as_yaml_alone(viewer: Client) -> None:
    response = parse_text(viewer, HELLO, "application/json")

    assert (response.status_code, response.json()["code"]) == (415, "api:user:media-type")
    assert "application/yaml" in response["Accept"]
