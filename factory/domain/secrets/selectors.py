"""What can be read of secrets: everything but their values."""

from django.db.models import QuerySet

from factory.domain.accounts.models import Team
from factory.domain.secrets.models import Secret


def names_of(*, team: Team) -> frozenset[str]:
    """The names of a team's secrets."""
    return frozenset(Secret.objects.filter(team=team).values_list("name", flat=True))


def secrets_of(*, team: Team) -> QuerySet[Secret]:
    """A team's secrets by name, without their ciphertext."""
    found = Secret.objects.filter(team=team).defer("ciphertext").select_related("made_by", "changed_by")
    return found.order_by("name")


def secret_of(*, team: Team, name: str) -> Secret | None:
    """The team's secret of this name; None where there is none."""
    return secrets_of(team=team).filter(name=name).first()
