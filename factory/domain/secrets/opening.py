"""Opens secrets for those who hand them to instances; nobody else may (a contract of the floors)."""

import contextlib
import dataclasses
from collections.abc import Collection, Mapping

from factory.domain.secrets.hidden import HiddenText
from factory.domain.secrets.keys import SecretUnreadable, unseal
from factory.domain.secrets.models import PastSecret, Secret


@dataclasses.dataclass(frozen=True)
class Opened:
    """Some secrets of a team by name: their values, and why others have none."""

    values: Mapping[str, HiddenText] = dataclasses.field(default_factory=dict, repr=False)
    problems: Mapping[str, str] = dataclasses.field(default_factory=dict)


def open_secrets(*, team: str, names: Collection[str]) -> Opened:
    """The values of a team's secrets; one query, none where no name is given.

    Args:
        team: the team's slug.
        names: of the secrets.
    """
    if not names:
        return Opened()
    rows = {row.name: row for row in Secret.objects.filter(team__slug=team, name__in=names)}
    values, problems = {}, {}
    for name in names:
        if name not in rows:
            problems[name] = f"The team has no secret {name}: an admin of the team stores it under Team, Secrets."
            continue
        row = rows[name]
        sealed = bytes(row.ciphertext)
        try:
            opened = unseal(team_id=row.team_id, name=name, ciphertext=sealed, sealed_by=row.key_id)
            values[name] = HiddenText(opened)
        except SecretUnreadable as error:
            problems[name] = error.message
    return Opened(values, problems)


def past_values(*, team: str, names: Collection[str] | None = None) -> frozenset[HiddenText]:
    """What a team's secrets were before they were replaced or deleted, as far as it opens; one query.

    Args:
        team: the team's slug.
        names: of the secrets; None for all that there were.
    """
    rows = PastSecret.objects.filter(team__slug=team)
    found = set()
    for row in rows if names is None else rows.filter(name__in=names):
        with contextlib.suppress(SecretUnreadable):
            sealed = bytes(row.ciphertext)
            opened = unseal(team_id=row.team_id, name=row.name, ciphertext=sealed, sealed_by=row.key_id)
            found.add(HiddenText(opened))
    return frozenset(found)
