"""People, teams and their members, invitations, what programs come in with, and what was done."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from factory.domain.accounts.append_only import AppendOnly
from factory.domain.accounts.roles import Role
from factory.foundation.ids import new_id


class User(AbstractUser):
    """A person who can sign in; an e-mail address is one person's, whatever its capitals."""

    class Meta(AbstractUser.Meta):
        """Accounts without an address may be many."""

        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="user_email_once"),
        ]


class Team(models.Model):
    """Who owns pipelines, pays and is paid. One that is archived is nobody's to see; its rows are kept."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    members = models.ManyToManyField(User, through="Member", related_name="teams")
    archived_at = models.DateTimeField(null=True, blank=True, default=None)

    def __str__(self) -> str:
        return self.slug


class Member(models.Model):
    """A person in a team; a person has one role in it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, default=Role.VIEWER.value)
    joined_at = models.DateTimeField(null=True, blank=True, default=None)

    class Meta:
        """One row a person and team."""

        constraints = [models.UniqueConstraint(fields=["team", "user"], name="member_once_a_team")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.team}"


class Invitation(models.Model):
    """Someone is asked to become a member. Its link is in their mail alone; here is only what it hashes to."""

    id = models.CharField(max_length=16, primary_key=True, default=new_id)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, default=None, related_name="+")
    accepted_at = models.DateTimeField(null=True, default=None)
    declined_at = models.DateTimeField(null=True, default=None)
    withdrawn_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """One that waits for an address and team."""

        constraints = [
            models.UniqueConstraint(
                "team",
                Lower("email"),
                condition=models.Q(accepted_at=None, declined_at=None, withdrawn_at=None),
                name="one_waiting_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.team} as {self.role}"


class ApiToken(models.Model):
    """What a program comes in with, for the person who made it, in one team. Dies with their membership."""

    id = models.CharField(max_length=16, primary_key=True, default=new_id)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="tokens")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, default=None)
    last_used_at = models.DateTimeField(null=True, default=None)
    revoked_at = models.DateTimeField(null=True, default=None)

    class Meta:
        """The newest last."""

        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user} in {self.team}"


class AuditEvent(AppendOnly):
    """Something that was done. Each holds the hash of the one before it in its team: who changes one breaks the chain.

    `actor_name` is as they were called then; people may leave, what they did stays.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    chain = models.PositiveBigIntegerField()
    number = models.PositiveBigIntegerField()
    actor = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    actor_name = models.CharField(max_length=300, blank=True)
    token_prefix = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        """Numbered without gaps; `chain` is the team's key, 0 for what belongs to none."""

        ordering: ClassVar[list[str]] = ["chain", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_event_number_once_a_chain")]
        indexes = [models.Index(fields=["actor", "-at"], name="audit_event_by_actor")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
