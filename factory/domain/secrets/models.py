"""Secrets of teams, as ciphertext; what opens them is not in the database."""

from django.db import models

from factory.domain.accounts.models import Team, User


class Secret(models.Model):
    """A value that pipelines of a team refer to by name.

    Attributes:
        ciphertext: sealed for this team and name alone; moved to another row it does not open.
        key_id: which of the installation's keys sealed it.
        version: counts how often the value was set.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=16, db_index=True)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, default=None, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, default=None, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        """A name is unique in its team."""

        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="secret_name_once_a_team")]

    def __str__(self) -> str:
        return self.name


class PastSecret(models.Model):
    """A value that a secret had, sealed as it was: what runs may still have it, and write it into its log.

    Attributes:
        replaced_at: when another value took its place, or the secret was deleted.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=16, db_index=True)
    replaced_at = models.DateTimeField(db_index=True)

    class Meta:
        """Looked for by the names that a run has."""

        indexes = [models.Index(fields=["team", "name"], name="past_secret_of_team")]

    def __str__(self) -> str:
        return self.name
