"""What each error of the house is in HTTP, in one table, and what the framework's own are."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from factory.domain.accounts.api_tokens import ApiTokenRefused, ApiTokenUnknown
from factory.domain.accounts.invitations import InvitationRefused, InvitationUnknown
from factory.domain.accounts.members import MemberUnknown, OwnersAlone
from factory.domain.accounts.services import LastOwner, NoLongerAllowed, TeamExists, TeamRefused
from factory.domain.billing.periods import PeriodRefused
from factory.domain.billing.services import AmountRefused
from factory.domain.catalogue.components import UnknownComponent
from factory.domain.catalogue.installations import UploadRefused
from factory.domain.catalogue.services import NoteMissing, ReleaseExists, ReleaseUnknown
from factory.domain.graph.document import PipelineFileInvalid
from factory.domain.pipelines.endpoint_tokens import EndpointTokenRefused, EndpointTokenUnknown
from factory.domain.pipelines.services import DraftConflict, GraphRefused, PipelineExists
from factory.domain.pipelines.versions import NoteRefused, VersionUnknown
from factory.domain.runs.archiving import HomeTeamStays, PipelineRuns, TeamRuns
from factory.domain.runs.services import ParameterChangeRefused, RunOver, RunUnknown
from factory.domain.secrets.services import SecretRefused, SecretUnknown
from factory.doors.api.v1.access import not_signed_in
from factory.doors.api.v1.refusals import Refusal, not_found, respond
from factory.doors.api.v1.shapes.problems import FileProblem, ParameterProblem, Problem
from factory.doors.api.v1.shapes.runs import RunSummary
from factory.foundation.errors import FactoryError, TemporaryError, UserError
from factory.foundation.ids import new_id
from factory.orchestration.admission import AlreadyRunning, RunRefused, RunUnaffordable

_log = logging.getLogger(__name__)
RETRY = {"Retry-After": "2"}

_STATUS: dict[type[FactoryError], int] = {
    AlreadyRunning: 409,
    AmountRefused: 422,
    ApiTokenRefused: 422,
    ApiTokenUnknown: 404,
    DraftConflict: 412,
    EndpointTokenRefused: 422,
    EndpointTokenUnknown: 404,
    GraphRefused: 422,
    HomeTeamStays: 409,
    InvitationRefused: 422,
    InvitationUnknown: 404,
    LastOwner: 409,
    MemberUnknown: 404,
    NoLongerAllowed: 403,
    NoteMissing: 422,
    NoteRefused: 422,
    OwnersAlone: 403,
    ParameterChangeRefused: 422,
    PeriodRefused: 422,
    PipelineExists: 409,
    PipelineFileInvalid: 422,
    PipelineRuns: 409,
    ReleaseExists: 409,
    ReleaseUnknown: 404,
    RunOver: 409,
    RunRefused: 422,
    RunUnaffordable: 402,
    RunUnknown: 404,
    SecretRefused: 422,
    SecretUnknown: 404,
    TeamExists: 409,
    TeamRefused: 422,
    TeamRuns: 409,
    UnknownComponent: 404,
    UploadRefused: 422,
    VersionUnknown: 404,
}


def refusal_of(error: FactoryError) -> Refusal:
    """An error of the house, with what it knows beside its message."""
    match error:
        case GraphRefused():
            extras: dict[str, Any] = {"problems": [Problem.of(each) for each in error.problems]}
        case PipelineFileInvalid():
            extras = {"problems": [FileProblem.of(each) for each in error.problems]}
        case ParameterChangeRefused():
            told = [ParameterProblem(parameter=name, message=message) for name, message in error.problems]
            extras = {"problems": told}
        case RunRefused():
            extras = {"reasons": list(error.reasons)}
        case AlreadyRunning():
            extras = {"run": RunSummary.of(error.run)}
        case _:
            extras = {}
    if isinstance(error, TemporaryError):
        return Refusal.of(error, 503, headers=RETRY)
    return Refusal.of(error, _STATUS.get(type(error), 400), **extras)


def add_handlers(api: NinjaAPI) -> None:
    """Let every error of this API be answered as problem details."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        Refusal: lambda request, refusal: respond(refusal),
        UserError: lambda request, error: respond(refusal_of(error)),
        TemporaryError: lambda request, error: respond(refusal_of(error)),
        AuthenticationError: lambda request, error: respond(not_signed_in()),
        Http404: lambda request, error: respond(not_found()),
        ValidationError: _answer_invalid,
        HttpError: _answer_framework,
        Exception: _answer_unexpected,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _answer_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the shapes of a request refuse; every place and why."""
    problems = [{"place": _place_of(each["loc"]), "message": str(each["msg"])} for each in error.errors]
    told = "; ".join(f"{problem['place']}: {problem['message']}" for problem in problems)
    return respond(
        Refusal(422, "api:user:invalid", "The request is not as it must be.", detail=told, problems=problems)
    )


def _place_of(parts: Sequence[Any]) -> str:
    """As who sent it sees it: the second part of a body's place is how the view calls it, and nowhere in the body."""
    named = [str(part) for part in parts]
    return ".".join(named[:1] + named[2:] if named[0] == "body" else named)


def _answer_framework(request: HttpRequest, error: HttpError) -> HttpResponse:
    # The framework wraps what a reader of bodies raises.
    if isinstance(error.__cause__, Refusal):
        return respond(error.__cause__)
    return respond(Refusal(error.status_code, "api:user:refused", str(error)))


def _answer_unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """A mistake of ours: people get an id, the log gets the rest."""
    reference = new_id()
    _log.error("%s %s failed, reference %s", request.method, request.path, reference, exc_info=error)
    title = f"Something went wrong here. Try again; if it stays so, tell the operator the reference {reference}."
    return respond(Refusal(500, "api:ours:unexpected", title, reference=reference))
