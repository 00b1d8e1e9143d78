"""The verbs of secrets: store, replace, delete, and seal anew under the newest key."""

import datetime
from typing import ClassVar

from django.db import transaction

from components.contract.parameters import is_storable_text
from factory.domain.accounts import audit
from factory.domain.accounts.models import ApiToken, Team, User
from factory.domain.graph.secret_rules import SECRET_NAME
from factory.domain.secrets.keys import SecretUnreadable, newest_key_id, seal, unseal
from factory.domain.secrets.models import PastSecret, Secret
from factory.foundation.errors import UserError

MOST_VALUE_BYTES = 48 * 1024
MOST_SECRETS_A_TEAM = 500
MOST_PAST_A_TEAM = 500
"""Values that were replaced; beyond them the oldest go."""
KEPT_PAST = datetime.timedelta(days=2)
"""Longer than any run that may have a value, and its last words."""


class SecretRefused(UserError):
    """A name or a value that cannot be a secret's."""

    id: ClassVar[str] = "secrets:user:refused"


class SecretUnknown(UserError):
    """The team has no secret of this name."""

    id: ClassVar[str] = "secrets:user:unknown"


@transaction.atomic
def put_secret(
    *, team: Team, name: str, value: str, by: User | None, now: datetime.datetime, token: ApiToken | None = None
) -> Secret:
    """Store a value under a name, in place of the one that was there.

    What runs keeps the value that it has; the next attempt of a node gets the new one.

    Raises:
        SecretRefused: the name or the value cannot be one, or the team has too many.
    """
    _require_name(name)
    _require_value(value)
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    ciphertext, sealed_by = seal(team_id=team.pk, name=name, value=value)
    secret = Secret.objects.select_for_update().filter(team=team, name=name).first()
    if secret is None:
        if Secret.objects.filter(team=team).count() >= MOST_SECRETS_A_TEAM:
            raise SecretRefused(f"The team has {MOST_SECRETS_A_TEAM} secrets already; delete one that nothing uses.")
        secret = Secret(team=team, name=name, version=0, made_by=by, made_at=now)
    else:
        _keep_past(secret, now)
    secret.ciphertext, secret.key_id = ciphertext, sealed_by
    secret.version += 1
    secret.changed_by, secret.changed_at = by, now
    secret.save()
    verb = "secret.made" if secret.version == 1 else "secret.changed"
    details = {"version": secret.version}
    audit.record(team=team, actor=by, action=verb, subject=name, now=now, details=details, token=token)
    return secret


@transaction.atomic
def delete_secret(
    *, team: Team, name: str, by: User | None, now: datetime.datetime, token: ApiToken | None = None
) -> None:
    """Let a secret go; pipelines that refer to it say so and cannot be started.

    Raises:
        SecretUnknown: there is none of this name.
    """
    secret = Secret.objects.select_for_update().filter(team=team, name=name).first()
    if secret is None:
        raise SecretUnknown("The team has no secret of this name; list them and choose one.")
    _keep_past(secret, now)
    secret.delete()
    audit.record(team=team, actor=by, action="secret.deleted", subject=name, now=now, token=token)


def forget_past_secrets(*, now: datetime.datetime) -> int:
    """Delete values that nothing that runs can have any more; returns how many."""
    gone, _ = PastSecret.objects.filter(replaced_at__lt=now - KEPT_PAST).delete()
    return gone


def rotate_batch(
    *, rows_of: type[Secret] | type[PastSecret] = Secret, most: int, after: int = 0
) -> tuple[int, int, list[str]]:
    """Seal some secrets anew that an older key sealed, in the order of their rows.

    Args:
        rows_of: those that there are, or those that were replaced.
        most: rows looked at.
        after: the row to go on behind; 0 for the first batch.

    Returns:
        How many were sealed anew, the last row looked at (`after` where nothing is left), and why others were not.
    """
    newest = newest_key_id()
    sealed_before = rows_of._default_manager.exclude(key_id=newest).filter(pk__gt=after).order_by("pk")
    rows: list[Secret | PastSecret] = [*sealed_before[:most]]
    done, refused = 0, []
    for row in rows:
        try:
            sealed = bytes(row.ciphertext)
            value = unseal(team_id=row.team_id, name=row.name, ciphertext=sealed, sealed_by=row.key_id)
        except SecretUnreadable as error:
            refused.append(error.message)
            continue
        ciphertext, sealed_by = seal(team_id=row.team_id, name=row.name, value=value)
        # Whoever sets it at this moment wins: theirs is sealed by the newest key already.
        same = rows_of._default_manager.filter(pk=row.pk, ciphertext=sealed)
        done += same.update(ciphertext=ciphertext, key_id=sealed_by)
    return done, rows[-1].pk if rows else after, refused


def _keep_past(secret: Secret, now: datetime.datetime) -> None:
    PastSecret.objects.create(
        team_id=secret.team_id,
        name=secret.name,
        ciphertext=bytes(secret.ciphertext),
        key_id=secret.key_id,
        replaced_at=now,
    )
    past = PastSecret.objects.filter(team_id=secret.team_id).order_by("-pk").values_list("pk", flat=True)
    PastSecret.objects.filter(pk__in=list(past[MOST_PAST_A_TEAM:])).delete()


def _require_name(name: str) -> None:
    if not SECRET_NAME.fullmatch(name):
        raise SecretRefused(
            "This cannot be a secret's name; use lowercase letters, digits and _, a letter first, at most 40."
        )


def _require_value(value: str) -> None:
    if not value:
        raise SecretRefused("A secret needs a value; give one, or delete the secret.")
    if not is_storable_text(value):
        raise SecretRefused("The value holds characters that cannot be handed over; remove NUL characters from it.")
    size = len(value.encode())
    if size > MOST_VALUE_BYTES:
        raise SecretRefused(f"The value has {size} bytes; a secret has at most {MOST_VALUE_BYTES}.")
