"""Secrets of a team: names and who changed them; values go in and never come out."""

from django.http import HttpRequest
from ninja import Router, Status

from factory.domain.accounts.policy import Action
from factory.domain.pipelines.secret_uses import pipelines_using
from factory.domain.secrets.selectors import secrets_of
from factory.domain.secrets.services import delete_secret, put_secret
from factory.doors.api.v1.access import enter_team
from factory.doors.api.v1.shapes.secrets import Secret, SecretList, SecretValue
from factory.foundation import clock

router = Router(tags=["secrets"])


@router.get("/teams/{slug:team}/secrets", response=SecretList)
def list_secrets(request: HttpRequest, team: str) -> SecretList:
    """The secrets of a team by name, with the pipelines that refer to them."""
    membership = enter_team(request, team, Action.SEE)
    uses = pipelines_using(team=membership.team)
    items = [Secret.of(secret, uses.get(secret.name, [])) for secret in secrets_of(team=membership.team)]
    return SecretList(items=items, next=None, may_administer=membership.may(Action.ADMINISTER))


@router.put("/teams/{slug:team}/secrets/{slug:name}", response={200: Secret, 201: Secret})
def set_secret(request: HttpRequest, team: str, name: str, given: SecretValue) -> Status[Secret]:
    """Store a value under a name, in place of the one that was there; what runs keeps the value that it has."""
    membership = enter_team(request, team, Action.ADMINISTER)
    value, now = given.value.get_secret_value(), clock.now()
    secret = put_secret(
        team=membership.team, name=name, value=value, by=membership.user, now=now, token=membership.token
    )
    uses = pipelines_using(team=membership.team).get(name, [])
    return Status(201 if secret.version == 1 else 200, Secret.of(secret, uses))


@router.delete("/teams/{slug:team}/secrets/{slug:name}", response={204: None})
def remove_secret(request: HttpRequest, team: str, name: str) -> None:
    """Delete a secret; pipelines that refer to it cannot be started until they refer to another."""
    membership = enter_team(request, team, Action.ADMINISTER)
    delete_secret(team=membership.team, name=name, by=membership.user, now=clock.now(), token=membership.token)
