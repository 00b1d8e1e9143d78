"""The addresses of a pipeline's gateways, and the passes and tokens that open them."""

import datetime

from django.http import HttpRequest
from ninja import Router

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.pipelines import models
from factory.domain.pipelines.endpoint_tokens import make_endpoint_token, revoke_endpoint_token, tokens_of
from factory.domain.pipelines.passes import make_pass
from factory.domain.pipelines.selectors import endpoint as find_endpoint
from factory.domain.pipelines.selectors import read_draft
from factory.doors.api.v1.access import enter_pipeline
from factory.doors.api.v1.pipeline_answers import endpoints_answer
from factory.doors.api.v1.refusals import Refusal, not_found
from factory.doors.api.v1.shapes.endpoints import (
    EndpointList,
    EndpointToken,
    EndpointTokenList,
    MadeEndpointToken,
    NewEndpointToken,
    Pass,
)
from factory.foundation import clock

router = Router(tags=["endpoints"])
ENDPOINTS = "/teams/{slug:team}/pipelines/{slug:slug}/endpoints"
ENDPOINT = ENDPOINTS + "/{slug:endpoint}"
_HIGHEST_ID = 2**63 - 1


@router.get(ENDPOINTS, response=EndpointList)
def list_endpoints(request: HttpRequest, team: str, slug: str) -> EndpointList:
    """The addresses of the gateways that the draft has."""
    membership, pipeline = enter_pipeline(request, team, slug, Action.SEE)
    graph = read_draft(pipeline=pipeline)
    return EndpointList(items=endpoints_answer(request, membership, pipeline, graph), next=None)


@router.post(ENDPOINT + "/pass", response={201: Pass})
def make_endpoint_pass(request: HttpRequest, team: str, slug: str, endpoint: str) -> Pass:
    """Open an endpoint for a quarter of an hour; a session that was begun lasts longer than the pass."""
    membership, row = _enter(request, team, slug, endpoint)
    token, expires_at = make_pass(endpoint=row, user=membership.user, now=clock.now())
    return Pass(token=token, expires_at=expires_at)


@router.get(ENDPOINT + "/tokens", response=EndpointTokenList)
def list_endpoint_tokens(request: HttpRequest, team: str, slug: str, endpoint: str) -> EndpointTokenList:
    """The tokens of an endpoint that were not revoked."""
    _, row = _enter(request, team, slug, endpoint)
    now = clock.now()
    return EndpointTokenList(items=[EndpointToken.of(token, now) for token in tokens_of(endpoint=row)], next=None)


@router.post(ENDPOINT + "/tokens", response={201: MadeEndpointToken})
def make_token_of_endpoint(
    request: HttpRequest, team: str, slug: str, endpoint: str, new: NewEndpointToken
) -> MadeEndpointToken:
    """Make a token for a program that publishes or watches; what it says is in this answer alone."""
    membership, row = _enter(request, team, slug, endpoint, Action.EDIT)
    now = clock.now()
    made, token = make_endpoint_token(
        endpoint=row,
        name=new.name,
        by=membership.user,
        now=now,
        expires_at=_with_zone(new.expires_at),
        token=membership.token,
    )
    return MadeEndpointToken.made(made, token, now)


@router.delete(ENDPOINT + "/tokens/{int:token}", response={204: None})
def revoke_token_of_endpoint(request: HttpRequest, team: str, slug: str, endpoint: str, token: int) -> None:
    """Let a token open nothing new; sessions that were begun with it go on."""
    membership, row = _enter(request, team, slug, endpoint, Action.EDIT)
    if token > _HIGHEST_ID:
        raise not_found()
    revoke_endpoint_token(endpoint=row, token_id=token, by=membership.user, now=clock.now(), token=membership.token)


def _enter(
    request: HttpRequest, team: str, slug: str, endpoint: str, action: Action = Action.RUN
) -> tuple[Membership, models.Endpoint]:
    """Come to an endpoint of a pipeline, as who may run it, or do more with it.

    Raises:
        Refusal: as `enter_pipeline`, and 404 where the pipeline has no such endpoint.
    """
    membership, pipeline = enter_pipeline(request, team, slug, action)
    row = find_endpoint(id=endpoint)
    if row is None or row.pipeline_id != pipeline.pk:
        raise not_found()
    return membership, row


def _with_zone(given: datetime.datetime | None) -> datetime.datetime | None:
    """A time without a zone could be another moment than was meant.

    Raises:
        Refusal: 422.
    """
    if given is not None and given.tzinfo is None:
        raise Refusal(422, "api:user:no-zone", "Say the zone of expires_at, as in 2026-12-24T18:00:00Z.")
    return given
