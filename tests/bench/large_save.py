"""`python -m tests.bench.large_save`: saves a graph of 1000 nodes through the API; prints seconds as JSON."""

import sys
import time
from typing import Any

from tests.bench.fresh_database import print_measured

NODES = 1000
CHAINS = 250
SAVES = 12


def document(number: int, *, every: bool) -> dict[str, Any]:
    """Chains of source, two effects and a file; with another text in one node, or another place for every node."""
    nodes: dict[str, Any] = {}
    wires: list[str] = []
    for chain in range(CHAINS):
        source, grey, text, file = (f"{kind}_{chain}" for kind in ("camera", "grey", "text", "file"))
        nodes[source] = {"component": "test_source@1.0.0"}
        nodes[grey] = {"component": "grayscale@1.0.0"}
        nodes[text] = {"component": "overlay@1.0.0", "parameters": {"text": f"chain {chain}"}}
        nodes[file] = {"component": "recorder@1.0.0"}
        pairs = ((source, "video", grey), (grey, "video", text), (text, "video", file), (source, "audio", file))
        wires += [f"{start}.{port} -> {end}.{port}" for start, port, end in pairs]
    nodes["text_0"]["parameters"]["text"] = f"save {number}"
    shift = number if every else 0
    layout = {name: {"x": at % 40 * 320 + shift, "y": at // 40 * 220} for at, name in enumerate(nodes)}
    assert len(nodes) == NODES
    return {"api_version": 1, "name": "Large", "nodes": nodes, "wires": wires, "layout": layout}


def _measure() -> dict[str, list[float]]:
    from factory.domain.accounts.services import ensure_home_owner
    from tests.factory.doors.api.browsers import send, sign_in

    browser = sign_in(ensure_home_owner())
    base = "/api/v1/teams/home/pipelines"
    made = send(browser, "POST", base, {"name": "Large", "document": document(0, every=False)})
    assert made.status_code == 201, made.content
    assert made.json()["problems"] == []
    found: dict[str, list[float]] = {}
    etag = made["ETag"]
    for name, every in (("one parameter", False), ("every box moved", True)):
        found[name] = []
        for number in range(SAVES):
            value = document(number + 1, every=every)
            began = time.perf_counter()
            saved = send(browser, "PUT", f"{base}/large", value, headers={"If-Match": etag})
            found[name].append(time.perf_counter() - began)
            assert saved.status_code == 200, saved.content
            etag = saved["ETag"]
    return found


if __name__ == "__main__":
    sys.exit(print_measured(_measure))
