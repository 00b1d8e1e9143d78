"""What the API says to who may not, beside the status, which stands in the access matrix."""

import copy
import dataclasses
from typing import Any

import pytest
from django.test import Client

from factory.doors.api.v1.openapi import description_of
from factory.doors.api.v1.resources import api
from tests.factory.doors.matrix.asking import ask
from tests.factory.doors.matrix.routes import Row, rows
from tests.factory.doors.matrix.world import World

ROWS = [row for row in rows() if row.door == "api" and row.may not in ("anybody", "nobody")]
OF_TEAMS = [row for row in ROWS if "<slug:team>" in row.route]
OF_PIPELINES = [row for row in ROWS if "<slug:slug>" in row.route]
OF_RUNS = [row for row in OF_PIPELINES if "<slug:run>" in row.route]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def answer(world: World, who: str, row: Row, **names: str) -> Any:
    return ask(world.browsers[who], row, world.names | names).response


def test_every_operation_is_in_the_matrix() -> None:
    described = api.get_openapi_schema(path_prefix="api/v1/")["paths"]
    operations = {(method.upper(), path.count("/")) for path, methods in described.items() for method in methods}

    assert operations <= {(row.method, f"/{row.route}".count("/")) for row in rows() if row.door == "api"}
    assert description_of(api).count('"operationId"') == sum(len(methods) for methods in described.values())


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_is_not_signed_in_is_told_so(row: Row, world: World) -> None:
    response = answer(world, "anonymous", row)

    assert (response.status_code, response.json()["code"]) == (401, "api:user:not-signed-in")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("who", ["stranger", "stranger_token"])
@pytest.mark.parametrize("row", OF_TEAMS, ids=str)
def test_a_stranger_learns_nothing_of_a_team(row: Row, who: str, world: World) -> None:
    response, elsewhere = answer(world, who, row), answer(world, who, row, team="nowhere")
    unknown = world.browsers[who].get("/api/v1/unknown")

    assert response.status_code == elsewhere.status_code == unknown.status_code == 404
    assert response.content == elsewhere.content == unknown.content


@pytest.mark.parametrize("who", ["developer", "operator", "viewer", "billing"])
@pytest.mark.parametrize("row", OF_TEAMS, ids=str)
def test_a_role_that_is_not_enough_is_told_which_would_be(row: Row, who: str, world: World) -> None:
    response = answer(world, who, row)
    if response.status_code != 403:
        assert response.status_code == row.expected(who)
        return
    problem = response.json()

    assert (problem["code"], problem["role"]) == ("api:user:role", who)
    assert who not in problem["needed"]
    assert all(needed in problem["title"] for needed in problem["needed"])


@pytest.mark.parametrize("row", OF_PIPELINES, ids=str)
def test_a_pipeline_that_is_not_there_is_not_there_for_members_either(row: Row, world: World) -> None:
    response = answer(world, "owner", dataclasses.replace(row, names={}), slug="nothing", token="1")

    assert (response.status_code, response.json()["code"]) == (404, "api:user:not-found")


@pytest.mark.parametrize("row", OF_RUNS, ids=str)
def test_a_run_of_another_pipeline_is_not_there(row: Row, world: World) -> None:
    assert answer(world, "owner", row, slug=world.names["idle"]).status_code == 404


@pytest.mark.parametrize("row", [row for row in ROWS if row.method != "GET"], ids=str)
def test_what_changes_something_needs_the_csrf_header_or_a_token(row: Row, world: World) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies = copy.deepcopy(world.browsers["owner"].cookies)
    response = ask(browser, row, world.names).response

    assert (response.status_code, response.json()["code"]) == (403, "api:user:csrf")
