"""The pipelines of a team: the list, and what can be done with each of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from factory.domain.accounts.membership import Membership
from factory.domain.accounts.policy import Action
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import copy_pipeline
from factory.domain.pipelines.selectors import DraftBusy, pipeline_of, search_pipelines
from factory.domain.pipelines.services import PipelineExists
from factory.domain.runs.archiving import PipelineRuns, archive_pipeline
from factory.domain.runs.selectors import newest_runs
from factory.doors.pages.access import members_only
from factory.doors.pages.examples import shipped_examples
from factory.doors.pages.shell import shell
from factory.foundation import clock

A_PAGE = 50
_LONGEST_SEARCH = 80


@require_safe
@members_only(Action.SEE)
def show_pipelines(request: HttpRequest, membership: Membership) -> HttpResponse:
    given = request.GET.get("q", "")[:_LONGEST_SEARCH]
    sought = "".join(character for character in given if character.isprintable()).strip()
    pages = Paginator(search_pipelines(team=membership.team, sought=sought), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    runs = newest_runs(pipeline_ids=[pipeline.pk for pipeline in page])
    return render(
        request,
        "pages/pipelines.html",
        {
            **shell(membership, "pipelines"),
            "may_edit": membership.may(Action.EDIT),
            "sought": sought,
            "page": page,
            "examples": shipped_examples(),
            "rows": [(pipeline, runs.get(pipeline.pk)) for pipeline in page],
        },
    )


@require_POST
@members_only(Action.EDIT)
def copy(request: HttpRequest, membership: Membership, slug: str) -> HttpResponse:
    original = find_pipeline(membership, slug)
    try:
        made = copy_pipeline(pipeline=original, now=clock.now(), by=membership.user)
    except (DraftBusy, PipelineExists) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{original.name} is copied as {made.name}.")
    return redirect("pages:pipelines", team=membership.team.slug)


@require_POST
@members_only(Action.EDIT)
def archive(request: HttpRequest, membership: Membership, slug: str) -> HttpResponse:
    pipeline = find_pipeline(membership, slug)
    try:
        archive_pipeline(pipeline=pipeline, now=clock.now(), by=membership)
    except PipelineRuns as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{pipeline.name} is archived. Its runs and their files are kept.")
    return redirect("pages:pipelines", team=membership.team.slug)


def find_pipeline(membership: Membership, slug: str) -> Pipeline:
    """The team's pipeline of this slug; else the page of what is not there."""
    pipeline = pipeline_of(team=membership.team, slug=slug)
    if pipeline is None:
        raise Http404("The team has no pipeline of this name.")
    return pipeline
