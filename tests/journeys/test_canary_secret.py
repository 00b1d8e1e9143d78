"""A secret reaches the component that asks for it, and is found nowhere else: not where anything is kept or told."""

import hashlib
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import redis

from tests.factory.keyed import TOY, put_beside
from tests.journeys.browser_api import Api
from tests.journeys.site import Site, open_browser, open_site, open_visitor
from tests.journeys.terminal import ROOT, inspect_all, wait_for

pytestmark = [pytest.mark.journey, pytest.mark.engine, pytest.mark.browser]

CANARY = "canary-" + hashlib.sha256(str(Path(__file__)).encode()).hexdigest()[:24]
IMAGE = "media-pipeline-factory/keyed:1.0.0"
PIPELINE = {
    "api_version": 1,
    "name": "canary",
    "nodes": {
        "keyed": {"component": "keyed@1.0.0", "parameters": {"key": "secret:canary"}},
        "camera": {"component": "test_source@1.0.0", "parameters": {"width": 320, "height": 180}},
        "file": {"component": "recorder@1.0.0"},
    },
    "wires": ["camera.video -> file.video"],
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site with the component that needs a secret, and its image."""
    monkeypatch.setenv("FACTORY_COMPONENTS", str(put_beside(ROOT / "components", tmp_path / "shelves")))
    client = docker.from_env()
    try:
        build_toy(client, tmp_path / "image")
        with open_site(tmp_path) as opened:
            yield opened
        client.images.remove(IMAGE, force=True)
    finally:
        client.close()


def build_toy(client: docker.DockerClient, folder: Path) -> None:
    """As components' images are built: the folder upon the sdk's image."""
    (sdk,) = {image.id for image in client.images.list("media-pipeline-factory/test_source:1.0.0")}
    folder.mkdir()
    for file in ("__init__.py", "component.py", "component.yaml"):
        (folder / file).write_bytes((TOY / file).read_bytes())
    place = "components/gateways/keyed"
    recipe = f"FROM {sdk}\nCOPY . /app/{place}\nENTRYPOINT " + json.dumps(
        ["python", "-m", "components.sdk.runner", place]
    )
    (folder / "Dockerfile").write_text(recipe)
    client.images.build(path=str(folder), tag=IMAGE, rm=True)


def test_a_secret_reaches_its_component_and_is_found_nowhere_else(site: Site) -> None:
    with open_browser() as browser, open_visitor(browser, site) as visitor:
        visitor.sign_in()
        api = Api(visitor.context, site.address)
        base = "/api/v1/teams/home/pipelines"
        told = [api.send("PUT", "/api/v1/teams/home/secrets/canary", {"value": CANARY})]
        told.append(api.send("POST", base, {"name": "canary", "document": PIPELINE}))
        told.append(api.send("POST", f"{base}/canary/runs", {"revision": told[-1].json["revision"]}))
        run = told[-1].json["id"]
        wait_for(lambda: api.get(f"{base}/canary/runs/{run}").json["state"] == "ready", "the run is ready")
        digest = wait_for(lambda: read_digest(api, f"{base}/canary/runs/{run}"), "the component writes its digest")
        assert digest == hashlib.sha256(CANARY.encode()).hexdigest()

        held = holdings_of_containers(site)
        told += [
            api.get(address)
            for address in (
                "/api/v1/teams/home/secrets",
                "/api/v1/teams/home/audit",
                f"{base}/canary",
                f"{base}/canary/export",
                f"{base}/canary/versions",
                f"{base}/canary/runs/{run}",
                f"{base}/canary/runs/{run}/nodes/keyed/log",
                "/teams/home/secrets/",
                "/t/home/canary/",
            )
        ]
        visitor.page.goto(f"{site.address}/t/home/canary/")
        visitor.page.wait_for_selector(".react-flow__node")
        held["live messages"] = live_messages(visitor.page, site)
        held["redis"] = contents_of_redis(site)
        api.send("POST", f"{base}/canary/runs/{run}/stop")
        wait_for(lambda: api.get(f"{base}/canary/runs/{run}").json["state"] == "stopped", "the run has ended")
        told.append(api.get(f"{base}/canary/runs/{run}"))
    held |= {"the API": "".join(answer.text for answer in told), "the logs of the site": site.running.text}
    held |= {"the database": contents_of_database(site), "environments": environments(site), "logs": logs(site)}
    held |= contents_of_folders(site)
    # What is looked through is really there; else nothing would be proved.
    assert "secret:canary" in held["the database"] + held["the API"]
    assert "secret:canary" in held["live messages"]
    assert run in held["redis"]
    assert f"pf-{run}-keyed-1: connected" in held["logs"]
    assert [where for where, text in held.items() if CANARY in text or CANARY.encode().hex() in text] == []


def read_digest(api: Api, run: str) -> str:
    """What the component wrote of its key; empty until it did."""
    files = [file for file in api.get(run).json["artifacts"] if file["name"] == "digest.txt" and file["complete"]]
    return api.get(files[0]["href"]).text.split()[0] if files else ""


def holdings_of_containers(site: Site) -> dict[str, str]:
    """What the engine tells of each container: its inspect, its logs, what changed in it, and its environment."""
    client = docker.APIClient()
    found: dict[str, str] = {}
    try:
        for node, inspected in inspect_all(site.terminal.install).items():
            name = inspected["Id"]
            found[f"inspect of {node}"] = json.dumps(inspected)
            found[f"log of {node}"] = client.logs(name).decode("utf-8", "replace")
            pid = inspected["State"]["Pid"]
            found[f"environment of {node}"] = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace")
            found[f"command of {node}"] = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
            found[f"files of {node}"] = json.dumps(client.diff(name))
    finally:
        client.close()
    assert found
    return found


def contents_of_redis(site: Site) -> str:
    """Every key and value, the names of the channels, and what is said on them for a while."""
    path = Path(site.terminal.environment["FACTORY_SOCKETS"]) / "redis" / "redis.sock"
    client: Any = redis.Redis(unix_socket_path=str(path))
    held = [repr(client.pubsub_channels()), repr(client.info())]
    for key in client.scan_iter(count=1000):
        held.append(repr((key, client.dump(key))))
        if client.type(key) == b"list":
            held.append(repr(client.lrange(key, 0, -1)))
    with client.pubsub() as listening:
        listening.psubscribe("*")
        held += [repr(listening.get_message(timeout=5.0)) for _ in range(12)]
    client.close()
    return "\n".join(held)


def contents_of_database(site: Site) -> str:
    """All tables as text, and the bytes of the file."""
    path = Path(site.terminal.environment["FACTORY_STATE"]) / "factory.sqlite3"
    with sqlite3.connect(path) as connection:
        dump = "\n".join(connection.iterdump())
    raw = b"".join(file.read_bytes() for file in path.parent.glob("factory.sqlite3*"))
    return dump + raw.decode("latin-1")


def logs(site: Site) -> str:
    """Of every service."""
    folder = Path(site.terminal.environment["FACTORY_STATE"]) / "logs"
    return "".join(file.read_text(errors="replace") for file in folder.iterdir())


def environments(site: Site) -> str:
    """Of every process of the site."""
    processes = [Path(f"/proc/{pid}") for pid in site.terminal.processes()]
    assert processes
    return "".join(
        (each / name).read_bytes().decode("latin-1") for each in processes for name in ("environ", "cmdline")
    )


def contents_of_folders(site: Site) -> dict[str, str]:
    """Every file of the state, of the artifacts and beside the sockets."""
    found = {}
    for variable in ("FACTORY_STATE", "FACTORY_OUTPUT", "FACTORY_SOCKETS"):
        done = subprocess.run(
            ["grep", "-rlaF", "--devices=skip", CANARY, site.terminal.environment[variable]],
            capture_output=True,
            text=True,
            check=False,
        )
        found[variable] = CANARY if done.stdout else ""
    return found


def live_messages(page: Any, site: Site) -> str:
    """What a page gets over the live socket: the whole of the run, and two changes."""
    address = f"{site.address.replace('http', 'ws', 1)}/live/home/canary/"
    return str(
        page.evaluate(
            """(address) => new Promise((resolve) => {
                const heard = [];
                const socket = new WebSocket(address);
                socket.onmessage = ({ data }) => {
                    heard.push(data);
                    const seq = JSON.parse(data).seq;
                    if (typeof seq === "number") socket.send(JSON.stringify({ type: "ack", seq }));
                    if (heard.length >= 3) { socket.close(); resolve(heard.join("\\n")); }
                };
                socket.onclose = () => resolve(heard.join("\\n"));
            })""",
            address,
        )
    )
