"""Finds the gateway that an endpoint leads to now, or says why there is none."""

import dataclasses

from components.contract.node_states import NodeState
from factory.domain.catalogue.components import manifests
from factory.domain.pipelines.models import Endpoint, EndpointKind
from factory.domain.pipelines.selectors import endpoint as find_endpoint
from factory.domain.runs.models import RunNode
from factory.domain.runs.selectors import current_run, node_of
from factory.domain.runs.states import RunState
from factory.doors.signalling.answers import RETRY_SECONDS, Refusal
from factory.doors.signalling.database import ask_database

_TAKES_MEDIA = (NodeState.READY, NodeState.DEGRADED)
_STARTING_SECONDS = 1


@dataclasses.dataclass(frozen=True)
class Gateway:
    """Where a request has to go, and whose pipeline it concerns."""

    team_id: int
    host: str
    run_id: str
    node: str


async def require_endpoint(endpoint: str, kind: EndpointKind) -> None:
    """See that there is an endpoint of this kind, whether or not it leads anywhere now.

    Raises:
        Refusal: 404, or 503 where the database does not answer.
    """
    await ask_database(_require_endpoint, endpoint, kind)


async def find_gateway(endpoint: str, kind: EndpointKind) -> Gateway:
    """The gateway of the newest unfinished run, in whatever state; for what concerns a session.

    Raises:
        Refusal: 404 where nothing of the endpoint runs any more, so that there is no session either.
    """
    return await ask_database(_find_gateway, endpoint, kind)


async def find_ready_gateway(endpoint: str, kind: EndpointKind) -> Gateway:
    """The gateway of the newest unfinished run, where it takes media.

    Raises:
        Refusal: 404 no such endpoint, 409 the running version has no such gateway, 503 not running, starting,
            stopping or failed; those with `Retry-After`.
    """
    return await ask_database(_find_ready_gateway, endpoint, kind)


def _require_endpoint(identity: str, kind: EndpointKind) -> Endpoint:
    found = find_endpoint(id=identity)
    if found is None or found.kind != kind:
        raise Refusal(404, f"There is no such {kind.upper()} endpoint")
    return found


def _find_gateway(identity: str, kind: EndpointKind) -> Gateway:
    endpoint = _require_endpoint(identity, kind)
    run = current_run(pipeline_id=endpoint.pipeline_id)
    if run is None:
        raise Refusal(404, f"There is no such session: the pipeline {endpoint.pipeline.name} is not running")
    return Gateway(run.team_id, run.host, run.pk, endpoint.node)


def _find_ready_gateway(identity: str, kind: EndpointKind) -> Gateway:
    endpoint = _require_endpoint(identity, kind)
    run = current_run(pipeline_id=endpoint.pipeline_id)
    if run is None:
        raise Refusal(503, f"{_title(endpoint)} is not running; start it and try again", retry_seconds=RETRY_SECONDS)
    if not run.wanted or run.run_state is RunState.STOPPING:
        title = f"{_title(endpoint)} is stopping; start it again once it has stopped"
        raise Refusal(503, title, retry_seconds=RETRY_SECONDS)
    node = node_of(run_id=run.pk, name=endpoint.node)
    known = manifests(endpoint.pipeline.team) if node is not None else {}
    manifest = known.get(node.component) if node is not None else None
    if node is None or manifest is None or manifest.endpoint != kind:
        title = f"What runs of {_title(endpoint)} has no {kind.upper()} gateway {endpoint.node}"
        raise Refusal(409, f"{title}; stop it and start its newest version")
    _require_ready(node)
    return Gateway(run.team_id, run.host, run.pk, node.name)


def _require_ready(node: RunNode) -> None:
    """Whether the gateway takes media; what a person can do where it does not is to wait, or to look at the node."""
    if node.state in _TAKES_MEDIA:
        return
    why = f": {node.reason}" if node.reason else ""
    if node.state == NodeState.STARTING:
        title = f"The gateway {node.name} is starting{why}; try again in a moment"
        raise Refusal(503, title, retry_seconds=_STARTING_SECONDS)
    title = f"The gateway {node.name} takes nothing new (it is {node.state}{why}); look at it in the pipeline"
    raise Refusal(503, title, retry_seconds=RETRY_SECONDS)


def _title(endpoint: Endpoint) -> str:
    return f"The pipeline {endpoint.pipeline.name}"
