"""Beginning a pipeline: blank, from an example, or from a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.graph.document import MAX_FILE_BYTES, PipelineFileInvalid
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.pipelines.services import GraphRefused, PipelineExists, create_pipeline
from factory.doors.pages.access import members_only
from factory.doors.pages.examples import Example, shipped_examples
from factory.doors.pages.shell import shell
from factory.foundation import clock


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(Action.EDIT)
def begin(request: HttpRequest, membership: Membership) -> HttpResponse:
    if request.method != "POST":
        return _show(request, membership)
    kind = request.POST.get("from", "")
    try:
        pipeline = _make(request, membership, kind)
    except PipelineFileInvalid as error:
        problems = [str(problem) for problem in error.problems]
    except GraphRefused as error:
        problems = [f"{problem.message} {problem.remedy}" for problem in error.problems]
    except PipelineExists as error:
        problems = [error.message]
    else:
        return redirect("pages:editor", team=membership.team.slug, slug=pipeline.slug)
    return _show(request, membership, kind=kind, problems=problems)


def _make(request: HttpRequest, membership: Membership, kind: str) -> Pipeline:
    team, user, now = membership.team, membership.user, clock.now()
    if kind == "file":
        return create_from_text(team=team, text=_read_text(request), now=now, by=user)
    if kind == "example":
        example = _chosen_example(request)
        origin = f"the example {example.name}"
        return create_from_text(team=team, text=example.text, now=now, by=user, origin=origin)
    name = request.POST.get("name", "").strip()
    return create_pipeline(team=team, name=name, now=now, by=user)


def _read_text(request: HttpRequest) -> str:
    """What was uploaded, else what was pasted; a byte too many is kept, so that the reader says that it is too long."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return request.POST.get("text", "")
    content: bytes = uploaded.read(MAX_FILE_BYTES + 1)
    return content.decode("utf-8", "replace")


def _chosen_example(request: HttpRequest) -> Example:
    chosen = request.POST.get("example", "")
    for example in shipped_examples():
        if example.slug == chosen:
            return example
    return Example(slug=chosen, name=chosen, description="", nodes=0, text="")


def _show(
    request: HttpRequest, membership: Membership, *, kind: str = "", problems: list[str] | None = None
) -> HttpResponse:
    posted = request.POST if kind else {}
    return render(
        request,
        "pages/new_pipeline.html",
        {
            **shell(membership, "pipelines"),
            "examples": shipped_examples(),
            "kind": kind,
            "problems": problems or [],
            "name": posted.get("name", ""),
            "text": posted.get("text", ""),
        },
        status=422 if problems else 200,
    )
