"""Runs, their nodes and instances, and what became of them: columns, and what one row must keep true."""

import datetime
from typing import Any, ClassVar

from django.db import models, transaction

from components.contract.node_states import NodeState
from factory.domain.accounts.models import Team
from factory.domain.pipelines.models import Version
from factory.domain.runs.signals import tell_on_commit
from factory.domain.runs.states import TRANSITIONS, NodeView, RunState, StopCause
from factory.foundation.errors import OurError
from factory.foundation.ids import new_id

MOST_REASON_CHARACTERS = 4000


class IllegalTransition(OurError):
    """A run was asked to become what it cannot become from what it is."""

    id: ClassVar[str] = "run:ours:illegal-transition"


class Run(models.Model):
    """One execution of a version, on one host.

    `wanted` is false once someone asked it to stop, or its deadline passed. `epoch` counts the leases under which it
    was worked on; who writes as its holder says `WHERE epoch = mine`. `dirty` tells the holder to look again.
    `paid_until` is moved on while somebody pays for it, past it nothing of it should live; null where nobody need pay.
    """

    id = models.CharField(max_length=12, primary_key=True, default=new_id)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="runs")
    host = models.CharField(max_length=255)
    state = models.CharField(max_length=16, default=RunState.WAITING.value)
    reason = models.TextField(default="", blank=True)
    wanted = models.BooleanField(default=True)
    stop_reason = models.TextField(default="", blank=True)
    epoch = models.PositiveBigIntegerField(default=0)
    lease_owner = models.CharField(max_length=300, default="", blank=True)
    lease_until = models.DateTimeField(null=True, default=None)
    dirty = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    deadline = models.DateTimeField()
    paid_until = models.DateTimeField(null=True, default=None)
    stopped_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """Known states alone; a sweep finds the unfinished quickly."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RunState]), name="run_state_is_known"
            )
        ]
        indexes = [
            # Every sweep asks for these, and history must not make it slow.
            models.Index(
                fields=["host"],
                condition=~models.Q(state__in=[RunState.STOPPED.value, RunState.FAILED.value]),
                name="run_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    @property
    def run_state(self) -> RunState:
        """The state as this object was read."""
        return RunState(self.state)

    def move_to(self, new: RunState, *, now: datetime.datetime, reason: str = "") -> bool:
        """Change the state; the only way there is.

        Args:
            new: what it becomes. Its present state is no change, and keeps the reason up to date.
            now: the time of the change.
            reason: why, for people.

        Returns:
            False where nothing changed: someone was first, or it was so already.

        Raises:
            IllegalTransition: the table does not let `new` follow.
        """
        old, reason = self.run_state, reason[:MOST_REASON_CHARACTERS]
        if new is old:
            if reason != self.reason:
                Run.objects.filter(pk=self.pk, state=old).update(reason=reason)
                self.reason = reason
            return False
        if new not in TRANSITIONS[old]:
            raise IllegalTransition(f"Run {self.pk} is {old} and cannot become {new}; look at docs/states.md")
        stopped_at = now if new.is_over else None
        with transaction.atomic():
            moved = Run.objects.filter(pk=self.pk, state=old).update(state=new, reason=reason, stopped_at=stopped_at)
            if moved != 1:
                return False
            StateChange.objects.create(run=self, old=old, new=new, reason=reason, at=now)
            tell_on_commit(run_id=self.pk)
        self.state, self.reason, self.stopped_at = new.value, reason, stopped_at
        return True


class RunNode(models.Model):
    """One node of a run: what it is asked to be, and what its current attempt says of itself.

    `accepted` are the newest parameters that an instance had in force, those of `accepted_revision`; null before any.
    `refused` is what an instance said of the newest ones that it refused, until later ones are in force.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="nodes")
    name = models.CharField(max_length=32)
    component = models.CharField(max_length=80)
    parameters = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    observed_revision = models.PositiveIntegerField(default=0)
    refused = models.JSONField(null=True, default=None)
    accepted = models.JSONField(null=True, default=None)
    accepted_revision = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, default=NodeState.STARTING.value)
    reason = models.TextField(default="", blank=True)
    state_at = models.DateTimeField(null=True, default=None)
    attempt = models.PositiveIntegerField(default=0)
    given_up = models.BooleanField(default=False)
    give_up_reason = models.TextField(default="", blank=True)

    class Meta:
        """A name is unique in its run."""

        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_node_name_once_a_run")]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.name}"

    def in_force(self) -> tuple[dict[str, Any], int]:
        """The parameters to run with, and their revision: those asked for last, or what worked before if refused."""
        if self.refused is not None and self.refused["revision"] == self.revision and self.accepted is not None:
            return self.accepted, self.accepted_revision
        return self.parameters, self.revision

    def hear_of_parameters(self, *, observed_revision: int, refused: dict[str, Any] | None) -> None:
        """Take into this object what an instance says of its parameters; a new attempt knows of no older refusal."""
        self.observed_revision = observed_revision
        if observed_revision == self.revision:
            self.accepted, self.accepted_revision = self.parameters, self.revision
        newest = max(observed_revision, refused["revision"] if refused is not None else 0)
        if self.refused is None or self.refused["revision"] <= newest:
            self.refused = refused

    def view(self, current: "Instance | None") -> NodeView:
        """This node as its run is judged by; `current` is the instance of its current attempt."""
        ended = current is not None and current.ended_at is not None
        unasked = ended and current is not None and current.stop_cause == ""
        finished = unasked and current is not None and current.exit_code == 0
        said = NodeState(self.state)
        drained_badly = current is not None and current.broke_in_its_drain(said)
        reason = self.give_up_reason or self.reason
        if not reason and ended and current is not None and not finished:
            reason = current.end_reason
        return NodeView(
            name=self.name,
            said=said,
            alive=current is not None and current.is_alive,
            finished=finished,
            broken=(unasked and not finished) or drained_badly,
            given_up=self.given_up,
            reason=reason,
        )


class Instance(models.Model):
    """One container of a node, one an attempt; its times are the engine's own, usage is computed from them alone.

    The row is written before the container is made. `ended_at` is when we learned of the end, by our clock; `seen_at`
    when the engine last showed it alive, at most one heartbeat old while it lives. `cpu_millis` and `memory_mib` are
    what it was given, null where somebody started it whose rows are lost. `metered` once nothing is left to measure.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="instances")
    node = models.CharField(max_length=32)
    attempt = models.PositiveIntegerField()
    name = models.CharField(max_length=120, unique=True)
    epoch = models.PositiveBigIntegerField()
    engine_state = models.CharField(max_length=16, default="absent")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, default=None)
    ready_at = models.DateTimeField(null=True, default=None)
    seen_at = models.DateTimeField(null=True, default=None)
    finished_at = models.DateTimeField(null=True, default=None)
    ended_at = models.DateTimeField(null=True, default=None)
    cpu_millis = models.PositiveIntegerField(null=True, default=None)
    memory_mib = models.PositiveIntegerField(null=True, default=None)
    metered = models.BooleanField(default=False)
    exit_code = models.IntegerField(null=True, default=None)
    out_of_memory = models.BooleanField(default=False)
    stop_cause = models.CharField(max_length=16, default="", blank=True)
    end_reason = models.TextField(default="", blank=True)

    class Meta:
        """One row an attempt."""

        constraints = [
            models.UniqueConstraint(fields=["run", "node", "attempt"], name="instance_once_an_attempt"),
            models.CheckConstraint(
                condition=models.Q(stop_cause__in=["", *(cause.value for cause in StopCause)]),
                name="stop_cause_is_known",
            ),
        ]
        indexes = [
            # Every sweep asks for these, and history must not make it slow.
            models.Index(
                fields=["id"],
                condition=models.Q(metered=False, started_at__isnull=False),
                name="instance_unmetered",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def end_is_certain(self) -> bool:
        """It ran, and the engine says that it has ended or has it no more; a start that failed may have worked."""
        gone = self.engine_state in ("exited", "absent")
        return gone and self.started_at is not None and self.ended_at is not None

    @property
    def is_alive(self) -> bool:
        """The engine has it, and it has not ended."""
        return self.ended_at is None and self.engine_state != "absent"

    def broke_in_its_drain(self, said: NodeState) -> bool:
        """It was asked to end with its run, and could not do so as it should; `said` is its node's last word.

        One that was never ready holds nothing to write out, and may not even hear the signal yet.
        """
        if self.ended_at is None or self.ready_at is None or self.stop_cause != StopCause.UNWANTED:
            return False
        return self.exit_code != 0 or said is NodeState.FAILED


class StateChange(models.Model):
    """What became what, when and why; `node` is empty for the run itself. Never changed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="changes")
    node = models.CharField(max_length=32, default="", blank=True)
    old = models.CharField(max_length=16)
    new = models.CharField(max_length=16)
    reason = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        """In the order in which they happened."""

        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.node or self.run_id}: {self.old} -> {self.new}"


class Artifact(models.Model):
    """A file that a node wrote; `complete` once the node has closed it within its quota."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    node = models.CharField(max_length=32)
    attempt = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    path = models.TextField()
    bytes = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """A name is unique in its attempt."""

        constraints = [
            models.UniqueConstraint(fields=["run", "node", "attempt", "name"], name="artifact_name_once_an_attempt")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.node}/{self.name}"
