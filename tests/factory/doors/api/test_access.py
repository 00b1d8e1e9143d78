import dataclasses
from typing import Any

import pytest
from django.test import Client

from factory.domain.accounts.policy import Action
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Artifact, Run
from factory.doors.api.v1 import run_logs
from factory.doors.api.v1.resources import api
from factory.orchestration.agent_link import AgentLink
from tests.factory.doors.api.browsers import send
from tests.factory.hello import HELLO

DOCUMENT = {"api_version": 1, "name": "hello", "nodes": {}}
T = "/api/v1/teams/{team}/pipelines"
P = T + "/{slug}"
R = P + "/runs"


@dataclasses.dataclass(frozen=True)
class Route:
    """One operation: what to send, what may be done by whom, and what they get then."""

    method: str
    path: str
    action: Action | None
    status: int
    value: Any = None
    text: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


ROUTES = (
    Route("GET", "/api/v1/components", None, 200),
    Route("GET", "/api/v1/components/{ref}/icon", None, 200),
    Route("POST", "/api/v1/documents/parse", None, 200, text=HELLO),
    Route("POST", "/api/v1/documents/print", None, 200, DOCUMENT),
    Route("GET", T, Action.SEE, 200),
    Route("POST", T, Action.EDIT, 201, {"name": "Another"}),
    Route("POST", T + "/import", Action.EDIT, 201, text=HELLO),
    Route("GET", P, Action.SEE, 200),
    Route("PUT", P, Action.EDIT, 200, DOCUMENT, headers={"If-Match": '"2"'}),
    Route("DELETE", P, Action.EDIT, 409),
    Route("POST", P + "/copy", Action.EDIT, 201, {"name": "Another"}),
    Route("GET", P + "/export", Action.SEE, 200),
    Route("GET", R, Action.SEE, 200),
    Route("POST", R, Action.RUN, 409, {"revision": 2}),
    Route("GET", R + "/{run}", Action.SEE, 200),
    Route("POST", R + "/{run}/stop", Action.RUN, 202),
    Route("PATCH", R + "/{run}/nodes/{node}", Action.RUN, 200, {"parameters": {"text": "Bye"}}),
    Route("GET", R + "/{run}/nodes/{node}/log", Action.SEE, 503),
    Route("GET", R + "/{run}/artifacts/{artifact}", Action.SEE, 200),
)
MAY = {
    "viewer": {Action.SEE},
    "operator": {Action.SEE, Action.RUN},
    "developer": {Action.SEE, Action.RUN, Action.EDIT},
    "billing": set[Action](),
}


@pytest.fixture
def addresses(pipeline: Pipeline, run: Run, artifact: Artifact, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What stands in the places of a route; nobody answers for logs, which is found out soon."""
    monkeypatch.setattr(run_logs, "_LINK", AgentLink(deadline_seconds=-0.9))
    return {
        "team": "studio",
        "slug": "hello",
        "run": run.pk,
        "node": "caption",
        "artifact": str(artifact.pk),
        "ref": "overlay@1.0.0",
    }


def ask(browser: Client, route: Route, addresses: dict[str, str]) -> Any:
    address = route.path.format(**addresses)
    if route.text:
        return browser.generic(route.method, address, route.text, "text/yaml")
    return send(browser, route.method, address, route.value, headers=route.headers)


def test_every_route_has_a_row_here() -> None:
    described = api.get_openapi_schema(path_prefix="api/v1/")["paths"]
    routes = {(method.upper(), path) for path, operations in described.items() for method in operations}

    assert {(route.method, route.path) for route in ROUTES} == routes


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_who_is_not_signed_in_gets_nothing(route: Route, addresses: dict[str, str], client: Client) -> None:
    response = ask(client, route, addresses)

    assert (response.status_code, response.json()["code"]) == (401, "api:user:not-signed-in")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.action], ids=str)
def test_a_stranger_learns_nothing_of_a_team(route: Route, addresses: dict[str, str], stranger: Client) -> None:
    response = ask(stranger, route, addresses)
    elsewhere = ask(stranger, route, addresses | {"team": "nowhere"})
    unknown = stranger.get("/api/v1/unknown")

    assert response.status_code == elsewhere.status_code == unknown.status_code == 404
    assert response.content == elsewhere.content == unknown.content


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.action], ids=str)
def test_what_belongs_to_no_team_is_for_everybody_signed_in(
    route: Route, addresses: dict[str, str], stranger: Client
) -> None:
    assert ask(stranger, route, addresses).status_code == route.status


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("route", [route for route in ROUTES if route.action], ids=str)
def test_members_do_what_their_role_allows(
    route: Route, role: str, addresses: dict[str, str], request: pytest.FixtureRequest
) -> None:
    response = ask(request.getfixturevalue(role), route, addresses)

    if route.action in MAY[role]:
        assert response.status_code == route.status
    else:
        assert response.status_code == 403
        problem = response.json()
        assert (problem["code"], problem["role"]) == ("api:user:role", role)
        assert role not in problem["needed"]
        assert all(needed in problem["title"] for needed in problem["needed"])


@pytest.mark.parametrize("route", [route for route in ROUTES if "{slug}" in route.path], ids=str)
def test_a_pipeline_that_is_not_there_is_not_there_for_members_either(
    route: Route, addresses: dict[str, str], developer: Client
) -> None:
    response = ask(developer, route, addresses | {"slug": "nothing"})

    assert (response.status_code, response.json()["code"]) == (404, "api:user:not-found")


@pytest.mark.parametrize("route", [route for route in ROUTES if "{run}" in route.path], ids=str)
def test_a_run_of_another_pipeline_is_not_there(route: Route, addresses: dict[str, str], developer: Client) -> None:
    send(developer, "POST", "/api/v1/teams/studio/pipelines", {"name": "Another"})

    assert ask(developer, route, addresses | {"slug": "another"}).status_code == 404


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method != "GET"], ids=str)
def test_what_changes_something_needs_the_csrf_header(
    route: Route, addresses: dict[str, str], developer: Client
) -> None:
    del developer.defaults["HTTP_X_CSRFTOKEN"]

    response = ask(developer, route, addresses)

    assert (response.status_code, response.json()["code"]) == (403, "api:user:csrf")
