"""Who may come in: a person who is signed in, or a program with a person's token, as a member whose role allows it."""

from django.http import HttpRequest
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from factory.domain.accounts.api_tokens import token_of
from factory.domain.accounts.membership import Membership, membership_of
from factory.domain.accounts.models import ApiToken, User
from factory.domain.accounts.policy import Action, roles_for
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.selectors import pipeline_of
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import run_of
from factory.doors.api.v1.refusals import Refusal, not_found
from factory.foundation import clock

_DEEDS = {
    Action.SEE: "Seeing this",
    Action.RUN: "Running pipelines",
    Action.EDIT: "Changing pipelines",
    Action.ADMINISTER: "Administering the team",
    Action.PAY: "Seeing the bills",
    Action.OWN: "Owning the team",
}


class Session(APIKeyCookie):
    """The cookie of a browser that is signed in; whatever changes something needs the CSRF header beside it."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> User | None:
        """The person, None where nobody is signed in.

        Raises:
            Refusal: the CSRF header is missing or wrong.
        """
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        if check_csrf(request) is not None:
            title = "Send the value of the cookie csrftoken as the header X-CSRFToken, from a page of this site."
            raise Refusal(403, "api:user:csrf", title)
        return user

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """As calling it; the cookie's name is for the description of the API alone."""
        return self(request)


class Token:
    """An API token as a bearer token (RFC 6750); a program that sends one needs neither cookie nor CSRF header."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        """The token, None where none was sent.

        Raises:
            Refusal: what was sent is none, or holds no more.
        """
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = token_of(text=text.strip(), now=clock.now())
        if found is None:
            title = "The token is none that holds; make another on the team's page of tokens."
            challenge = 'Bearer error="invalid_token"'
            raise Refusal(401, "api:user:token", title, headers={"WWW-Authenticate": challenge})
        return found


def person(request: HttpRequest) -> User:
    """Who asks, or in whose name a program does, of a view behind `Session` and `Token`."""
    token = token_in(request)
    user = token.user if token is not None else request.user
    if not isinstance(user, User):
        raise not_signed_in()
    return user


def token_in(request: HttpRequest) -> ApiToken | None:
    """The token that a program came in with; None for a person."""
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, ApiToken) else None


def themselves(request: HttpRequest) -> User:
    """Who asks, where no program may in their name.

    Raises:
        Refusal: 403 for a token.
    """
    if token_in(request) is not None:
        raise Refusal(403, "api:user:people-alone", "A token cannot do this; sign in on the site and do it there.")
    return person(request)


def not_signed_in() -> Refusal:
    """Nobody is signed in."""
    return Refusal(401, "api:user:not-signed-in", "Sign in first.", headers={"WWW-Authenticate": "Bearer"})


def enter_team(request: HttpRequest, team: str, action: Action) -> Membership:
    """Come into a team to do something there.

    Raises:
        Refusal: 404 for who is no member, 403 for whose role does not allow it.
    """
    membership, token = enter_member(request, team), token_in(request)
    if token is not None and action.value not in token.scopes:
        title = f"{_DEEDS[action]} needs a token with the scope {action.value}; this one has {', '.join(token.scopes)}."
        raise Refusal(403, "api:user:scope", title, scopes=token.scopes, needed=[action.value])
    if not membership.may(action):
        needed = [role.value for role in roles_for(action)]
        title = f"{_DEEDS[action]} needs the role {' or '.join(needed)}; yours is {membership.role}."
        raise Refusal(403, "api:user:role", title, role=membership.role.value, needed=needed)
    return membership


def enter_member(request: HttpRequest, team: str) -> Membership:
    """Come into a team, whatever one may do there.

    Raises:
        Refusal: 404 for who is no member, and for a token of another team.
    """
    membership = membership_of(user=person(request), slug=team, token=token_in(request))
    if membership is None:
        raise not_found()
    return membership


def enter_in_person(request: HttpRequest, team: str, action: Action) -> Membership:
    """As `enter_team`, for what no program may do in a person's name.

    Raises:
        Refusal: as `enter_team`, and 403 for a token.
    """
    enter_member(request, team)
    themselves(request)
    return enter_team(request, team, action)


def enter_pipeline(request: HttpRequest, team: str, slug: str, action: Action) -> tuple[Membership, Pipeline]:
    """Come to a pipeline of a team to do something with it.

    Raises:
        Refusal: as `enter_team`, and 404 where the team has no such pipeline.
    """
    membership = enter_team(request, team, action)
    pipeline = pipeline_of(team=membership.team, slug=slug)
    if pipeline is None:
        raise not_found()
    return membership, pipeline


def enter_run(request: HttpRequest, team: str, slug: str, run_id: str, action: Action) -> tuple[Membership, Run]:
    """Come to a run of a pipeline to do something with it.

    Raises:
        Refusal: as `enter_pipeline`, and 404 where the pipeline has no such run.
    """
    membership, pipeline = enter_pipeline(request, team, slug, action)
    run = run_of(pipeline_id=pipeline.pk, run_id=run_id)
    if run is None:
        raise not_found()
    return membership, run
