"""API tokens: what programs come in with. People make them on the site; a token makes no other."""

import datetime

from django.http import HttpRequest
from ninja import Router

from factory.domain.accounts.api_tokens import make_api_token, revoke_api_token, tokens_of
from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.doors.api.v1.access import enter_member, themselves
from factory.doors.api.v1.paging import USUAL, Cursor, Limit, cut
from factory.doors.api.v1.shapes.tokens import ApiToken, ApiTokenList, MadeApiToken, NewApiToken
from factory.foundation import clock

router = Router(tags=["tokens"])


@router.get("/teams/{slug:team}/tokens", response=ApiTokenList)
def list_tokens(request: HttpRequest, team: str, limit: Limit = USUAL, cursor: Cursor = "") -> ApiTokenList:
    """The tokens that were not revoked: one's own, and everybody's for who administers the team."""
    rows = tokens_of(membership=_enter(request, team))
    found, following = cut(rows, by="made_at", cursor=cursor, limit=limit, what="tokens")
    return ApiTokenList(items=[ApiToken.of(row) for row in found], next=following)


@router.post("/teams/{slug:team}/tokens", response={201: MadeApiToken})
def make_token(request: HttpRequest, team: str, new: NewApiToken) -> MadeApiToken:
    """Make a token for what one may do oneself; its text is told in this answer and never again."""
    membership, now = _enter(request, team), clock.now()
    ends = now + datetime.timedelta(days=new.expires_in_days) if new.expires_in_days is not None else None
    scopes = [Action(scope) for scope in new.scopes]
    row, text = make_api_token(membership=membership, name=new.name, scopes=scopes, now=now, expires_at=ends)
    return MadeApiToken(**ApiToken.of(row).model_dump(), token=text)


@router.delete("/teams/{slug:team}/tokens/{slug:token}", response={204: None})
def revoke_token(request: HttpRequest, team: str, token: str) -> None:
    """Let a token do nothing more, at once."""
    revoke_api_token(membership=_enter(request, team), token_id=token, now=clock.now())


def _enter(request: HttpRequest, team: str) -> Membership:
    """Any member, whatever the role: a token is for what they may do."""
    membership = enter_member(request, team)
    themselves(request)
    return membership
