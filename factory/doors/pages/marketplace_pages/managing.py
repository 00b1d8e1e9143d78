"""Saying of an installed version that it is still good, that there is better, or that it is to be used no more."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from factory.domain.catalogue.installations import may_install
from factory.domain.catalogue.services import NoteMissing, release_of, set_status
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.doors.pages.marketplace_pages.listing import find_listing
from factory.doors.pages.marketplace_pages.visitors import visitor_of
from factory.foundation import clock

_SAID = {
    ReleaseStatus.AVAILABLE: "is offered as before",
    ReleaseStatus.DEPRECATED: "is deprecated: it goes on running, and people read your note",
    ReleaseStatus.YANKED: "is withdrawn: it goes on running where a pipeline has it, and is offered no more",
}


@login_required
@require_POST
def change_status(request: HttpRequest, name: str) -> HttpResponse:
    visitor = visitor_of(request)
    found = find_listing(name, visitor)
    version = request.POST.get("version", "")
    entry = next((each for each in found.versions if each.manifest.version == version), None)
    status = request.POST.get("status", "")
    if entry is None or entry.release_id is None or status not in list(ReleaseStatus):
        raise Http404("Nothing of this version was installed here.")
    owner = visitor.team if entry.team_id is not None else None
    if not may_install(user=visitor.user, team=owner):
        raise PermissionDenied("Only who may install components may say this of them.")
    wanted = ReleaseStatus(status)
    try:
        release = release_of(ref=entry.manifest.ref, team=owner)
        set_status(release=release, status=wanted, note=request.POST.get("note", ""), by=visitor.user, now=clock.now())
    except NoteMissing as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{entry.manifest.ref} {_SAID[wanted]}.")
    again = f"{'&' if visitor.query else '?'}version={version}"
    return redirect(f"{reverse('pages:listing', args=[name])}{visitor.query}{again}")
