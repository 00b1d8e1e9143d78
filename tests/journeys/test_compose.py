"""The product in containers, as deploy/compose.yaml has it: built, started, signed in to, run in, taken down."""

import http.cookiejar
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import docker
import pytest

from tests.journeys.stack import Stack, open_stack
from tests.journeys.terminal import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.engine]
SERVICES = {"postgres", "redis", "web", "worker", "beat", "agent"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One for the module, of images that were built from what lies here now."""
    command = [sys.executable, "-m", "deploy.images.site", "--services"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    with open_stack(tmp_path_factory.mktemp("stack")) as opened:
        yield opened


def test_someone_signs_in_through_the_web_port(stack: Stack) -> None:
    link = stack.manage("web", "sign_in_link").strip()
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    with browser.open(link, timeout=20) as page:
        assert page.url == f"{stack.address}/t/home/"
        text = page.read().decode()
    with browser.open(f"{stack.address}/admin/", timeout=20) as operators:
        assert operators.status == 200

    assert "Home" in text
    assert "/static/builder/assets/site-" in text
    assert {cookie.name for cookie in jar} >= {"sessionid"}


def test_a_pipeline_runs_in_containers_beside_it(stack: Stack) -> None:
    said = stack.manage("agent", "run", "examples/hello.yaml", "--seconds", "2", "--output", "/tmp/hello")

    assert "every node is ready" in said
    assert "/tmp/hello/hello.mp4" in said


def test_every_process_logs_lines_of_json_that_say_whose_they_are(stack: Stack) -> None:
    lines = {service: stack.lines(service) for service in ("web", "worker", "agent")}

    assert {line["process"] for service in lines for line in lines[service]} == set(lines)
    assert any(line["logger"] == "factory.access" and line["status"] == 200 for line in lines["web"])
    assert any("run" in line and "node" in line for line in lines["agent"])
    assert "/enter/[redacted]/" in json.dumps(lines["web"])


def test_nothing_of_ours_runs_as_root_and_only_two_have_the_engine(stack: Stack) -> None:
    client = docker.APIClient()
    try:
        mine = {"label": f"com.docker.compose.project={stack.install}"}
        found = [client.inspect_container(one["Id"]) for one in client.containers(filters=mine)]
    finally:
        client.close()
    users = {one["Config"]["Labels"]["com.docker.compose.service"]: one["Config"]["User"] for one in found}
    mounts = {
        one["Config"]["Labels"]["com.docker.compose.service"]: {mount["Destination"] for mount in one["Mounts"]}
        for one in found
    }

    assert set(users) == SERVICES
    assert {name for name, user in users.items() if user in ("", "0", "root", "0:0")} == set()
    assert {name for name, places in mounts.items() if "/var/run/docker.sock" in places} == {"worker", "agent"}
