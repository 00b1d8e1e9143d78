"""What a run should be: its rows, the manifests of its components and the formats planned, put together."""

import collections
import dataclasses
import datetime
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from components.contract.manifest import Manifest
from components.contract.media_types import Format, MediaType
from factory.domain.catalogue.components import component, entries
from factory.domain.catalogue.entry import CatalogueEntry
from factory.domain.graph.formats import FormatPlan, plan_formats
from factory.domain.graph.graph import Graph
from factory.domain.graph.secret_rules import secret_names
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.selectors import graph_of
from factory.domain.runs.models import Run, RunNode
from factory.domain.runs.services import RunUnknown
from factory.domain.runs.states import RunState
from factory.drivers.driver import Limits, Network

MIB = 1024 * 1024
_LEAST_FILE_BYTES = 16 * MIB
"""Scratch that any component may write; its files beyond the run are bounded by their own quota."""
_MOST_PLANS = 256

Ports = dict[str, dict[str, dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class DesiredWire:
    """A connection, and what may flow on it in order of preference."""

    id: str
    source: str
    source_port: str
    target: str
    target_port: str
    media_type: MediaType
    formats: tuple[Format, ...]
    join: str


@dataclasses.dataclass(frozen=True)
class DesiredNode:
    """One node.

    Attributes:
        kind: gateway, transform or sink.
        folder, image: the component, for either kind of driver; what was installed has no folder.
        digest: the image's id that its instance must have; empty where the reference decides.
        parameters, revision: all, defaults filled in; those before the newest where an instance refused these.
        ports: as `messages.Configure` has them, wired or not.
        artifact_quota_bytes: the most of one file; 0 where it writes none.
        endpoint: "whip" or "whep" where it has a public address.
        attempt: the one that counts; 0 before the first.
        wanted: it should live: its run is wanted, and it was not given up.
        secrets: parameter to the name of the secret that its value is; `parameters` has the reference.
        secret_bounds: parameter to the most characters of its value, where its manifest says so.
    """

    name: str
    component: str
    version: str
    kind: str
    folder: Path | None
    image: str
    limits: Limits
    network: Network
    parameters: dict[str, Any]
    revision: int
    ports: Ports
    artifact_quota_bytes: int
    ready_seconds: int
    stop_seconds: int
    endpoint: str | None
    attempt: int
    wanted: bool
    digest: str = ""
    secrets: Mapping[str, str] = dataclasses.field(default_factory=dict)
    secret_bounds: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class DesiredRun:
    """A run. `wanted` is false as soon as anything ends it: a stop, its deadline, a node given up.

    `paid_until` is when the credit set aside for it ends; null where nobody need pay.
    """

    id: str
    team: str
    install: str
    wanted: bool
    state: RunState
    deadline: datetime.datetime
    nodes: dict[str, DesiredNode]
    wires: tuple[DesiredWire, ...]
    paid_until: datetime.datetime | None = None


def socket_directory(name: str) -> Path:
    """Where the control socket of an instance lies on this host."""
    return Path(settings.FACTORY_SOCKETS) / name


def desired_run(*, run_id: str) -> DesiredRun:
    """What the run should be, from its rows; three queries where its version was seen before.

    Raises:
        RunUnknown: there is none of this id.
        UnknownComponent: a component of it is not there any more.
    """
    run = Run.objects.select_related("version__pipeline__team").filter(pk=run_id).first()
    if run is None:
        raise RunUnknown(f"There is no run {run_id}; list them and choose one.")
    return desired_of(run, list(RunNode.objects.filter(run=run).order_by("pk")))


def desired_of(run: Run, rows: list[RunNode]) -> DesiredRun:
    """As `desired_run`, from rows that were read already."""
    team = run.version.pipeline.team
    known = entries(team)
    placed = {row.component: known.get(row.component) or component(row.component, team) for row in rows}
    drawing = _draw(run.version, {ref: entry.manifest for ref, entry in placed.items()})
    is_ending = run.run_state.is_over or run.run_state is RunState.STOPPING
    wanted = run.wanted and not is_ending and not any(row.given_up for row in rows)
    return DesiredRun(
        id=run.pk,
        team=run.version.pipeline.team.slug,
        install=settings.FACTORY_INSTALL,
        wanted=wanted,
        state=run.run_state,
        deadline=run.deadline,
        nodes={row.name: _node(row, placed[row.component], drawing, wanted=wanted) for row in rows},
        wires=drawing.wires,
        paid_until=run.paid_until,
    )


@dataclasses.dataclass(frozen=True)
class _Drawing:
    """What never changes about a version: its wires with their formats, and the ports of its nodes."""

    wires: tuple[DesiredWire, ...]
    ports: Mapping[str, Ports]


class _Manifests:
    """Manifests as a key of the cache: the same objects are the same, a file read again is another."""

    def __init__(self, manifests: Mapping[str, Manifest]) -> None:
        self.by_reference = dict(manifests)
        self._identity = tuple(sorted((reference, id(manifest)) for reference, manifest in manifests.items()))

    def __hash__(self) -> int:
        return hash(self._identity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Manifests) and self._identity == other._identity


@dataclasses.dataclass(frozen=True)
class _VersionKey:
    """A version by what it draws: two of the same digest run alike."""

    digest: str
    version: Version = dataclasses.field(compare=False)


def _draw(version: Version, manifests: Mapping[str, Manifest]) -> _Drawing:
    return _draw_once(_VersionKey(version.spec_digest, version), _Manifests(manifests))


@functools.lru_cache(maxsize=_MOST_PLANS)
def _draw_once(key: _VersionKey, manifests: _Manifests) -> _Drawing:
    graph = graph_of(key.version)
    known = manifests.by_reference
    planned = plan_formats(graph, known)
    wires = []
    for wire in graph.wires:
        target = known[graph.nodes[wire.target].component].inputs[wire.target_port]
        ends = (wire.source, wire.source_port, wire.target, wire.target_port)
        wires.append(DesiredWire(wire.id, *ends, target.type, planned.wires[wire.id], target.join.value))
    ports = {name: _ports(name, graph, known[node.component], planned) for name, node in graph.nodes.items()}
    return _Drawing(tuple(wires), ports)


def _ports(name: str, graph: Graph, manifest: Manifest, planned: FormatPlan) -> Ports:
    into = collections.Counter(wire.target_port for wire in graph.wires if wire.target == name)
    out_of = collections.Counter(wire.source_port for wire in graph.wires if wire.source == name)
    return {
        "inputs": {
            port: _port(declared.type, planned.inputs[name, port], into[port])
            for port, declared in manifest.inputs.items()
        },
        "outputs": {
            port: _port(declared.type, planned.outputs[name, port], out_of[port])
            for port, declared in manifest.outputs.items()
        },
    }


def _port(kind: MediaType, formats: tuple[Format, ...], wires: int) -> dict[str, Any]:
    return {"type": kind.value, "formats": [fmt.value for fmt in formats], "wires": wires}


def _node(row: RunNode, entry: CatalogueEntry, drawing: _Drawing, *, wanted: bool) -> DesiredNode:
    manifest = entry.manifest
    parameters, revision = row.in_force()
    quota = manifest.permissions.artifact_mib * MIB
    limits = Limits(
        memory_bytes=manifest.resources.memory_mib * MIB,
        cpus=manifest.resources.cpus,
        pids=manifest.resources.pids,
        file_bytes=max(quota, _LEAST_FILE_BYTES),
    )
    return DesiredNode(
        name=row.name,
        component=manifest.name,
        version=manifest.version,
        kind=manifest.kind.value,
        folder=entry.folder,
        image=entry.image,
        digest=entry.digest,
        limits=limits,
        network=Network(manifest.permissions.network),
        parameters=manifest.with_defaults(parameters),
        revision=revision,
        ports=drawing.ports[row.name],
        artifact_quota_bytes=quota,
        ready_seconds=manifest.runtime.ready_seconds,
        stop_seconds=manifest.runtime.stop_seconds,
        endpoint=manifest.endpoint,
        attempt=row.attempt,
        wanted=wanted and not row.given_up,
        secrets=secret_names(manifest, parameters),
        secret_bounds={
            name: declared.max_length
            for name, declared in manifest.parameters.items()
            if declared.secret and declared.max_length is not None
        },
    )
