"""People, teams, and who is a member of which with what role."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from factory.domain.accounts.roles import Role


class User(AbstractUser):
    """A person who can sign in."""


class Team(models.Model):
    """Who owns pipelines, pays and is paid."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    members = models.ManyToManyField(User, through="Member", related_name="teams")

    def __str__(self) -> str:
        return self.slug


class Member(models.Model):
    """A person in a team; a person has one role in it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, default=Role.VIEWER.value)

    class Meta:
        """One row a person and team."""

        constraints = [models.UniqueConstraint(fields=["team", "user"], name="member_once_a_team")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.team}"
