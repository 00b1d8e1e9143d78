"""Adding a component to a pipeline: the editor opens and places the node, so that one step back undoes it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.policy import Action
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.selectors import pipeline_of
from factory.domain.pipelines.services import GraphRefused, PipelineExists, create_pipeline
from factory.doors.pages.marketplace_pages.listing import find_listing
from factory.doors.pages.marketplace_pages.visitors import visitor_of
from factory.foundation import clock


@login_required
@require_POST
def add_to_pipeline(request: HttpRequest, name: str) -> HttpResponse:
    visitor = visitor_of(request)
    found = find_listing(name, visitor)
    if visitor.team is None or not visitor.may(Action.EDIT):
        raise PermissionDenied("Your role does not let you change pipelines.")
    offered = {each.manifest.ref for each in found.versions if each.is_offered}
    ref = request.POST.get("ref", "")
    if ref not in offered:
        raise Http404("This version is not offered.")
    try:
        pipeline = _chosen(request, visitor.team, visitor.user)
    except (GraphRefused, PipelineExists) as error:
        messages.error(request, error.message)
        return redirect(f"{reverse('pages:listing', args=[name])}{visitor.query}")
    editor = reverse("pages:editor", kwargs={"team": visitor.team.slug, "slug": pipeline.slug})
    return redirect(f"{editor}?{urlencode({'add': ref})}")


def _chosen(request: HttpRequest, team: Team, user: User) -> Pipeline:
    slug = request.POST.get("pipeline", "")
    if not slug:
        name = request.POST.get("name", "").strip() or "New pipeline"
        return create_pipeline(team=team, name=name, now=clock.now(), by=user)
    pipeline = pipeline_of(team=team, slug=slug)
    if pipeline is None:
        raise Http404("The team has no pipeline of this name.")
    return pipeline
