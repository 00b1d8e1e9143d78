"""The components that were installed beside those of the components folder, and how each came."""

from typing import Any

from django.db import models
from django.db.models import Q

from factory.domain.accounts.models import Team, User
from factory.domain.catalogue.statuses import InstallationState, ReleaseSource, ReleaseStatus
from factory.foundation.ids import new_id

MOST_NOTE_CHARACTERS = 300
_DIGEST_CHARACTERS = 80


class ComponentRelease(models.Model):
    """One version of a component, pinned to one image for ever.

    `team` is null where it belongs to the whole installation. `digest` is the image's id in the engine, from which
    instances are launched; `folder_digest` is over what people read of it: manifest, README and picture.
    """

    name = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, default=None, related_name="+")
    publisher = models.CharField(max_length=40)
    manifest = models.JSONField()
    readme = models.TextField(default="", blank=True)
    icon = models.TextField(default="", blank=True)
    digest = models.CharField(max_length=_DIGEST_CHARACTERS)
    folder_digest = models.CharField(max_length=_DIGEST_CHARACTERS)
    source = models.CharField(max_length=8, choices=[(each.value, each.value) for each in ReleaseSource])
    status = models.CharField(
        max_length=12,
        default=ReleaseStatus.AVAILABLE.value,
        choices=[(each.value, each.value) for each in ReleaseStatus],
    )
    status_note = models.CharField(max_length=MOST_NOTE_CHARACTERS, default="", blank=True)
    installed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, default=None, related_name="+")
    installed_at = models.DateTimeField()

    class Meta:
        """A version is there once for the installation, and once for each team."""

        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"], condition=Q(team__isnull=True), name="release_once_an_installation"
            ),
            models.UniqueConstraint(fields=["name", "version", "team"], name="release_once_a_team"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """How pipelines name it: `overlay@1.0.0`."""
        return f"{self.name}@{self.version}"


class CatalogueStamp(models.Model):
    """Changes with every change of a release, so that processes know when to read them again; one row.

    The stamp is random and not counted: a change that was rolled back never looks like another.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.stamp


class Installation(models.Model):
    """One upload on its way to a release, or to the reasons why it is none.

    `problems` is a list of `{"path", "line", "message", "remedy"}`. `attempts` counts the workers that began with it.
    """

    id = models.CharField(max_length=16, primary_key=True, default=new_id)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, default=None, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, default=None, related_name="+")
    asked_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    state = models.CharField(
        max_length=12,
        default=InstallationState.UPLOADING.value,
        choices=[(each.value, each.value) for each in InstallationState],
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    reference = models.CharField(max_length=80, default="", blank=True)
    problems: Any = models.JSONField(default=list, blank=True)
    release = models.ForeignKey(ComponentRelease, on_delete=models.SET_NULL, null=True, default=None, related_name="+")

    class Meta:
        """The unfinished are looked for by state, and all are listed by time."""

        indexes = [
            models.Index(fields=["state", "changed_at"], name="installation_by_state"),
            models.Index(fields=["-asked_at"], name="installation_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.state}"

    @property
    def installation_state(self) -> InstallationState:
        """How far it is."""
        return InstallationState(self.state)
