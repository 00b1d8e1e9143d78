"""Pipelines and what they are made of: versions, and their nodes and wires."""

import datetime
import enum
from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models

from factory.domain.accounts.models import Team, User
from factory.domain.pipelines.frozen import FrozenRows, FrozenVersion
from factory.foundation.ids import new_id


class Mode(enum.StrEnum):
    """What the team wants of a pipeline."""

    OFF = "off"
    """Runs only when someone starts it."""
    ON_DEMAND = "on_demand"
    """A request at an endpoint starts a run; one without peers ends."""
    ALWAYS_ON = "always_on"
    """There is always a run."""


class Pipeline(models.Model):
    """A graph that a team owns.

    `revision` counts the saves of its draft, so that nobody overwrites what they never saw. One that is archived is
    kept for its runs, and its slug is free for another.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="pipelines")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=80)
    description = models.TextField(default="", blank=True)
    mode = models.CharField(max_length=16, default=Mode.OFF.value)
    revision = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, default=None, related_name="+")
    saved_at = models.DateTimeField(null=True, default=None)
    archived_at = models.DateTimeField(null=True, default=None)
    published = models.ForeignKey(
        "Version", on_delete=models.RESTRICT, null=True, blank=True, default=None, related_name="+"
    )

    class Meta:
        """A slug is unique among what its team has not archived."""

        constraints = [
            models.UniqueConstraint(
                fields=["team", "slug"], condition=models.Q(archived_at__isnull=True), name="pipeline_slug_once_a_team"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class VersionRows(FrozenRows):
    """Versions; one comes into being as a draft and gets its number in one place."""

    number_path = "number"

    def refuse_arrivals(self, rows: Collection[Any]) -> None:
        Version.objects.filter(pk__in=[row.pk for row in rows if row.pk is not None]).refuse_frozen()
        if any(row.number is not None for row in rows):
            raise FrozenVersion


class Version(models.Model):
    """The draft of a pipeline (`number` is null), or one of its immutable versions, numbered from 1."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(null=True, blank=True, default=None)
    created_at = models.DateTimeField()
    note = models.CharField(max_length=300, default="", blank=True)
    spec_digest = models.CharField(max_length=80, default="")

    objects: ClassVar[Any] = VersionRows.as_manager()

    class Meta:
        """One draft a pipeline, and each number once."""

        constraints = [
            models.UniqueConstraint(
                fields=["pipeline"], condition=models.Q(number__isnull=True), name="one_draft_a_pipeline"
            ),
            models.UniqueConstraint(fields=["pipeline", "number"], name="version_number_once_a_pipeline"),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline} {'draft' if self.number is None else f'version {self.number}'}"

    def save(self, *arguments: Any, **options: Any) -> None:
        """As Django's; a numbered version refuses."""
        Version.objects.refuse_arrivals([self])
        super().save(*arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """As Django's; a numbered version refuses."""
        Version.objects.filter(pk=self.pk).refuse_frozen()
        return super().delete(*arguments, **options)


class PartRows(FrozenRows):
    """Nodes or wires of versions."""

    number_path = "version__number"

    def refuse_arrivals(self, rows: Collection[Any]) -> None:
        self.model._default_manager.filter(pk__in=[row.pk for row in rows if row.pk is not None]).refuse_frozen()
        Version.objects.filter(pk__in={row.version_id for row in rows}).refuse_frozen()


class Part(models.Model):
    """What a version is made of; of a numbered one it can neither be saved nor deleted."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="%(class)ss")

    objects: ClassVar[Any] = PartRows.as_manager()

    class Meta:
        """Its subclasses are the tables."""

        abstract = True

    def save(self, *arguments: Any, **options: Any) -> None:
        """As Django's; one of a numbered version refuses."""
        type(self).objects.refuse_arrivals([self])
        super().save(*arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """As Django's; one of a numbered version refuses."""
        type(self).objects.filter(pk=self.pk).refuse_frozen()
        return super().delete(*arguments, **options)


class Node(Part):
    """A placed component. `x` and `y` are null where nobody placed it yet; `position` keeps the nodes' order."""

    name = models.CharField(max_length=32)
    component = models.CharField(max_length=80)
    parameters = models.JSONField(default=dict)
    x = models.FloatField(null=True, default=None)
    y = models.FloatField(null=True, default=None)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """A name is unique in its version."""

        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="node_name_once_a_version")]

    def __str__(self) -> str:
        return self.name


class Wire(Part):
    """A connection from an output port to an input port; in the order in which they were drawn."""

    source = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    source_port = models.CharField(max_length=40)
    target = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    target_port = models.CharField(max_length=40)

    class Meta:
        """Two ports are joined once."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "source", "source_port", "target", "target_port"], name="wire_once_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}.{self.source_port}->{self.target}.{self.target_port}"


class EndpointKind(enum.StrEnum):
    """How media passes at an endpoint."""

    WHIP = "whip"
    """In: RFC 9725."""
    WHEP = "whep"
    """Out: draft-ietf-wish-whep."""


class Endpoint(models.Model):
    """The public address of a gateway node; it outlives runs, versions and the node itself."""

    id = models.CharField(max_length=16, primary_key=True, default=new_id)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="endpoints")
    node = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    created_at = models.DateTimeField()

    class Meta:
        """One a node and kind."""

        constraints = [
            models.UniqueConstraint(fields=["pipeline", "node", "kind"], name="endpoint_once_a_node"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in EndpointKind]), name="endpoint_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.kind}/{self.id}"


class EndpointToken(models.Model):
    """A key to one endpoint, for a program that publishes or watches; what it says is kept by nobody.

    Attributes:
        digest: SHA-256 of the token, in hexadecimal.
        prefix: how it begins, for people to tell it from others.
        last_used_at: to the minute.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, default=None, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, default=None)
    last_used_at = models.DateTimeField(null=True, default=None)
    revoked_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """The newest first."""

        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def holds(self, now: datetime.datetime) -> bool:
        """Whether it opens its endpoint now: neither revoked nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
