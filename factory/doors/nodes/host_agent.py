"""The agent of one host: joins its parts and lets each hear what concerns it."""

import asyncio
import dataclasses
import logging
import time
from functools import partial
from pathlib import Path
from typing import Any

from components.contract.messages import CONTRACT_VERSION, Event, Hello, Message, Reply, Report
from components.contract.node_states import NodeState
from factory.domain.runs.groups import agent_group, run_group
from factory.domain.runs.states import RunState
from factory.doors.nodes.artifact_desk import ArtifactDesk
from factory.doors.nodes.artifact_files import ArtifactFile
from factory.doors.nodes.control_server import ControlServer
from factory.doors.nodes.deadlines import Deadlines
from factory.doors.nodes.doorbells import ChannelLayer, Doorbells
from factory.doors.nodes.engine_watch import EngineWatch
from factory.doors.nodes.gateway_requests import GatewayRequests
from factory.doors.nodes.instance_ends import InstanceEnds
from factory.doors.nodes.log_desk import LogDesk
from factory.doors.nodes.paid_time import PaidTime
from factory.doors.nodes.recorder import Recorder
from factory.doors.nodes.records import Records
from factory.doors.nodes.run_board import NodeWord, RunBoard
from factory.doors.nodes.run_loader import RunLoader
from factory.doors.nodes.run_pod import RunPod
from factory.doors.nodes.said_secrets import without_secrets
from factory.drivers.driver import Driver, EngineEvent
from factory.foundation.clock import run_clock_ns
from factory.orchestration.desired_world import DesiredRun
from factory.orchestration.secret_values import RunSecrets

logger = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0
_FAREWELL_SECONDS = 5.0
"""An instance of a run that is over keeps its connection this long to say its last words."""


@dataclasses.dataclass(frozen=True)
class _Owner:
    """Whose a control socket is."""

    run: str
    node: str
    attempt: int


@dataclasses.dataclass
class _Run:
    """What the agent keeps of a run."""

    pod: RunPod
    board: RunBoard
    over_since: float | None = None


class HostAgent:
    """Plumbs, watches and enforces; decides nothing.

    Args:
        host: its name, as runs carry it.
        sockets: folder with one folder an instance.
        output: the artifact store.
        driver: asked about instances, told to stop overdue ones.
        layer: the channel layer.
        records: the domain.
        outage_seconds: how long a run outlives its paid time while the database does not answer.
    """

    def __init__(
        self,
        *,
        host: str,
        sockets: Path,
        output: Path,
        driver: Driver,
        layer: ChannelLayer,
        records: Records,
        outage_seconds: float = 0.0,
    ) -> None:
        self._records = records
        self._runs: dict[str, _Run] = {}
        self._owners: dict[str, _Owner] = {}
        self._said_hello: set[str] = set()
        self._recorded: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._news = asyncio.Event()
        self._recorder = Recorder()
        # Apart, since whoever hears a ring may wait for a broker.
        self._rings = Recorder()
        self._closing = False
        self._server = ControlServer(sockets, on_message=self._hear, on_lost=self._lost)
        self._artifacts = ArtifactDesk(output, send=self._server.send, records=self)
        self._doorbells = Doorbells(layer, agent_group(host=host), self._doorbell)
        self._requests = GatewayRequests(
            send=self._server.send, answer=self._doorbells.tell_channel, clock=run_clock_ns
        )
        self._logs = LogDesk(driver, answer=self._doorbells.tell_channel, hide=self._hide)
        self._loader = RunLoader(host, records, self._follow)
        self._ends = InstanceEnds(driver, self._artifacts.ended)
        self._paid = PaidTime(outage_seconds=outage_seconds)
        self._deadlines = Deadlines(driver, paid=self._paid)
        self._engine = EngineWatch(driver, self._engine_event)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop. Instances and their wires live on, and the next agent takes over."""
        self._loop = asyncio.get_running_loop()
        self._recorder.start()
        self._rings.start()
        self._deadlines.start()
        self._engine.start()
        self._artifacts.adopt("pf-{}-{}-{}".format)
        work = (
            self._doorbells.hear(),
            self._doorbells.speak(),
            self._loader.sweep(lambda: list(self._runs)),
            self._publish(),
            self._beat(),
        )
        tasks = [asyncio.create_task(_guard(one)) for one in work]
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._closing = True
            stopped.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._engine.stop()
            self._logs.close()
            self._server.close()
            for run in self._runs.values():
                run.pod.close()
            self._loader.close()
            await asyncio.to_thread(self._recorder.stop, seconds=2.0)
            await asyncio.to_thread(self._rings.stop, seconds=0.5)
            await asyncio.to_thread(self._deadlines.stop)

    # What instances say.

    def _hear(self, instance: str, message: Message) -> None:
        owner = self._owners[instance]
        run = self._runs[owner.run]
        message = without_secrets(message, run.pod.secrets)
        if isinstance(message, Hello):
            self._hear_hello(instance, owner, run, message)
            return
        if instance not in self._said_hello:
            raise ValueError(f"{message.op} before hello")
        match message:
            case Report():
                run.pod.reports(instance, message)
                self._record(owner, run.board.report(owner.node, owner.attempt, message, now_ns=run_clock_ns()))
                self._news.set()
            case Event():
                self._hear_event(instance, owner, run, message)
            case Reply():
                self._requests.replied(instance, message)

    def _hear_hello(self, instance: str, owner: _Owner, run: _Run, hello: Hello) -> None:
        if hello.contract > CONTRACT_VERSION:
            reason = f"it speaks contract {hello.contract}, this agent {CONTRACT_VERSION}: upgrade the agent"
            self._record(owner, NodeWord(owner.attempt, NodeState.FAILED, reason))
            raise ValueError(reason)
        if lacking := run.pod.secrets.problems.get(owner.node):
            self._record(owner, run.board.refuse(owner.node, owner.attempt, lacking))
            self._news.set()
            raise ValueError(lacking)
        logger.info("%s: connected (%s)", instance, hello.state)
        word = run.board.hello(owner.node, owner.attempt, hello)
        run.pod.hello(instance, owner.node, owner.attempt, hello)
        self._said_hello.add(instance)
        if node := run.pod.run.nodes.get(owner.node):
            self._artifacts.knows_quota(instance, node.artifact_quota_bytes)
        self._record(owner, word)
        self._news.set()

    def _hear_event(self, instance: str, owner: _Owner, run: _Run, event: Event) -> None:
        body = event.body
        match event.kind:
            case "ring_wanted":
                run.pod.wants_ring(instance, str(body["port"]), int(body["slot_bytes"]))
            case "detached":
                logger.info("%s: gave up %s (%s)", instance, body["wire"], body.get("why", ""))
                run.pod.detached(instance, str(body["wire"]), int(body["generation"]))
                run.board.change()
            case "artifact_wanted":
                node = run.pod.run.nodes.get(owner.node)
                self._artifacts.wanted(
                    instance,
                    run=owner.run,
                    node=owner.node,
                    attempt=owner.attempt,
                    quota_bytes=node.artifact_quota_bytes if node else 0,
                    body=body,
                )
            case "artifact_closed":
                self._artifacts.closed(instance, str(body["id"]))
            case "notice":
                logger.info("%s: says: %s", instance, str(body["text"])[:1000])
            case _:
                logger.info("%s: an event of kind %s, which this agent does not know", instance, event.kind)
        self._news.set()

    def _lost(self, instance: str, why: str) -> None:
        owner = self._owners[instance]
        self._said_hello.discard(instance)
        self._requests.lost(instance)
        if run := self._runs.get(owner.run):
            run.pod.lost(instance)
            run.board.lost(owner.node, owner.attempt)
        if not self._closing:
            self._ends.look_soon(self._silent_writers)
        self._news.set()

    def _hide(self, run: str, text: str) -> str:
        """On a thread of the log desk: the text without the secrets of a run."""
        known = self._runs.get(run)
        return known.pod.secrets.hide(text) if known is not None else text

    def _silent_writers(self) -> list[str]:
        """Instances that have files open and no connection: maybe over, maybe only redialling."""
        return [name for name in self._artifacts.writers() if not self._server.is_connected(name)]

    # What is written down.

    def _record(self, owner: _Owner, word: NodeWord) -> None:
        """Only changes write; the measures that come every second do not."""
        key = (owner.run, owner.node)
        known = (owner.attempt, word.state, word.reason, word.observed_revision, word.refused)
        before = self._recorded.get(key)
        if before == known or (before and before[0] > owner.attempt):
            return
        self._recorded[key] = known
        write = partial(
            self._records.report_node,
            owner.run,
            owner.node,
            owner.attempt,
            state=word.state,
            reason=word.reason,
            revision=word.observed_revision,
            refused=word.refused,
        )
        self._recorder.set_level(key, write)

    def opened(self, file: ArtifactFile, media_type: str) -> None:
        """A file is being written."""
        self._recorder.add_event(partial(self._records.artifact_opened, file, media_type))

    def closed(self, file: ArtifactFile, size: int, *, complete: bool) -> None:
        """A file is stored."""
        self._recorder.add_event(partial(self._records.artifact_closed, file, size, complete=complete))

    # What is wanted.

    def _follow(self, desired: DesiredRun, secrets: RunSecrets) -> None:
        run = self._runs.get(desired.id)
        is_over = RunState(desired.state).is_over
        if run is None:
            if is_over:
                return
            run = self._runs[desired.id] = _Run(
                RunPod(desired, send=self._server.send, clock=run_clock_ns, secrets=secrets), RunBoard(desired.id)
            )
        run.board.follow(desired)
        self._paid.follow(desired)
        self._listen(desired, is_over=is_over)
        run.pod.update(desired, secrets)
        if is_over and run.over_since is None:
            run.over_since = time.monotonic()
        self._news.set()

    def _listen(self, desired: DesiredRun, *, is_over: bool) -> None:
        """Await each node's attempt, and the next one, so that it finds its socket when it is started."""
        awaited = {}
        for node in () if is_over else desired.nodes.values():
            first = max(node.attempt, 1)
            awaited.update(
                {
                    f"pf-{desired.id}-{node.name}-{attempt}": _Owner(desired.id, node.name, attempt)
                    for attempt in (first, first + 1)
                }
            )
        for name, owner in awaited.items():
            if name not in self._server.listening:
                self._owners[name] = owner
                try:
                    self._server.listen(name)
                except OSError as error:
                    logger.error("%s: cannot listen for it: %s", name, error)
        busy = self._artifacts.writers()
        for name, owner in list(self._owners.items()):
            is_past = owner.run == desired.id and name not in awaited
            if is_past and name not in busy and not self._server.is_connected(name):
                self._server.forget(name)
                del self._owners[name]

    def _forget_over(self) -> None:
        """Let go of runs that are over, once their instances have had the time for their last words."""
        for identity, run in list(self._runs.items()):
            if run.over_since is None or time.monotonic() - run.over_since < _FAREWELL_SECONDS:
                continue
            for name in [name for name, owner in self._owners.items() if owner.run == identity]:
                self._server.forget(name)
                self._artifacts.ended(name)
                del self._owners[name]
            run.pod.close()
            self._paid.forget(identity)
            del self._runs[identity]
            self._recorded = {key: value for key, value in self._recorded.items() if key[0] != identity}

    # What is told.

    def _doorbell(self, message: dict[str, Any]) -> None:
        if message["type"] == "run.changed":
            self._loader.look_at(str(message["run"]))
        elif message["type"] == "gateway.request" and message["kind"] == "node-log":
            self._logs.ask(message, wall_seconds=time.time())
        elif message["type"] == "gateway.request":
            run = self._runs.get(str(message["run"]))
            instance = run.pod.current(str(message["node"])) if run else None
            self._requests.ask(instance, message, wall_seconds=time.time())

    def _engine_event(self, event: EngineEvent) -> None:
        """On the engine's thread: an instance started or ended."""
        self._rings.set_level(("ring", event.labels.run), partial(self._records.ring, event.labels.run))
        if event.kind == "exited" and self._loop:
            self._loop.call_soon_threadsafe(self._ends.look_soon, self._silent_writers)

    async def _publish(self) -> None:
        while True:
            now = run_clock_ns()
            waits = [_BEAT_SECONDS]
            for identity, run in self._runs.items():
                due = run.board.due_in(now)
                if due is not None and due <= 0:
                    message = run.board.message(run.pod.run, run.pod.generations(), now_ns=now)
                    self._doorbells.tell_group(run_group(run_id=identity), message)
                elif due is not None:
                    waits.append(due)
            try:
                async with asyncio.timeout(min(waits)):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            self._requests.expire()
            self._artifacts.check_quotas()
            self._ends.look_soon(self._silent_writers)
            self._forget_over()


async def _guard(work: Any) -> None:
    """A part that fails unexpectedly takes the agent down loudly: a half agent would be worse, and it restarts."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except BaseException:
        logger.critical("a part of the agent failed", exc_info=True)
        raise
