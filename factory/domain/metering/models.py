"""What ran, for how long, of what size: one row an instance, without a price."""

import enum

from django.db import models

from factory.domain.accounts.append_only import AppendOnly
from factory.domain.accounts.models import Team
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Instance, Run


class EndSource(enum.StrEnum):
    """Who says when an instance ended."""

    ENGINE = "engine"
    """The engine: its own time of the end."""
    LAST_SEEN = "last_seen"
    """Nobody: the engine lost it, and counted is what it was seen alive; the doubt is the customer's gain."""


class InstanceUsage(AppendOnly):
    """One instance from its start to its end. Written once, when the end is certain.

    `started_at` and `ended_at` are the engine's times; `milliseconds` the whole ones between them, rounded down, and 0
    where a clock that was set back puts the end before the start. `component` is a reference such as `overlay@1.0.0`.
    """

    instance = models.OneToOneField(Instance, on_delete=models.PROTECT, related_name="usage")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="usage")
    node = models.CharField(max_length=32)
    component = models.CharField(max_length=80)
    attempt = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    milliseconds = models.BigIntegerField()
    end_source = models.CharField(max_length=16)
    cpu_millis = models.PositiveIntegerField()
    memory_mib = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        """Never negative; read by team or pipeline, the latest first."""

        constraints = [
            models.CheckConstraint(condition=models.Q(milliseconds__gte=0), name="usage_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("started_at")), name="usage_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=models.Q(end_source__in=[source.value for source in EndSource]), name="end_source_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["team", "ended_at"], name="usage_of_a_team"),
            models.Index(fields=["pipeline", "ended_at"], name="usage_of_a_pipeline"),
        ]

    def __str__(self) -> str:
        return f"{self.node} attempt {self.attempt} of {self.run_id}: {self.milliseconds} ms"


class OpenUsage(models.Model):
    """Usage that nobody has charged yet: what a sweep looks at when a bell was lost, however long the history is."""

    usage = models.OneToOneField(InstanceUsage, on_delete=models.PROTECT, primary_key=True, related_name="open")

    def __str__(self) -> str:
        return f"{self.usage_id} is not charged yet"
