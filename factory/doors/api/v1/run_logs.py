"""What a node's instance wrote: asked of the agent of the run's host."""

from typing import Annotated, Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import ValidationError

from factory.domain.accounts.policy import Action
from factory.domain.runs.selectors import node_of
from factory.doors.api.v1.access import enter_run
from factory.doors.api.v1.errors import RETRY
from factory.doors.api.v1.refusals import Refusal, not_found
from factory.doors.api.v1.runs import RUNS
from factory.doors.api.v1.shapes.runs import Log
from factory.orchestration.agent_link import AgentLink, Answer

router = Router(tags=["runs"])
_LINK = AgentLink(most_in_flight=8)
"""Each holds a request's turn while it waits: logs of a host that does not answer must not stop the site."""
Tail = Annotated[int, Query(ge=1, le=2000, description="how many lines, the last ones")]
Attempt = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="which instance; the newest without")]


@router.get(RUNS + "/{slug:run}/nodes/{slug:node}/log", response=Log)
def show_log(
    request: HttpRequest, team: str, slug: str, run: str, node: str, tail: Tail = 500, attempt: Attempt = None
) -> Log:
    """The last lines of a node's log."""
    _, row = enter_run(request, team, slug, run, Action.SEE)
    if node_of(run_id=row.pk, name=node) is None:
        raise not_found()
    body: dict[str, Any] = {"tail": tail, "attempt": attempt or 0}
    answer = async_to_sync(_LINK.ask)(host=row.host, run_id=row.pk, node=node, kind="node-log", body=body)
    return _log_of(answer)


def _log_of(answer: Answer) -> Log:
    if answer.status == 404:
        title = answer.reason or "The log is gone with its container; look at a newer attempt."
        raise Refusal(404, "run:user:log-gone", title)
    if answer.status != 200:
        title = answer.reason or "The log cannot be had now; try again in a moment."
        raise Refusal(503, "run:ours:log-away", title, headers=RETRY)
    try:
        return Log.model_validate(answer.body)
    except ValidationError:
        title = "The agent's answer is incomplete; look whether it has the version of this site."
        raise Refusal(503, "run:ours:log-away", title, headers=RETRY) from None
