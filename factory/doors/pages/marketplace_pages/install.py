"""Installing components: the upload, and how each of those before it went."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from factory.domain.catalogue.installations import installations_of, may_install
from factory.doors.pages.marketplace_pages.visitors import visitor_of

A_PAGE = 20


@login_required
@require_safe
@ensure_csrf_cookie
def show_install(request: HttpRequest) -> HttpResponse:
    visitor = visitor_of(request)
    for_everybody = may_install(user=visitor.user, team=None)
    for_team = visitor.team is not None and may_install(user=visitor.user, team=visitor.team)
    if not for_everybody and not for_team:
        raise PermissionDenied("Components are installed by the administrators of a team, and by operators.")
    chosen = "team" if for_team and (not for_everybody or request.GET.get("for") == "team") else "everybody"
    owner = visitor.team if chosen == "team" else None
    page = Paginator(installations_of(team=owner), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "pages/marketplace/install.html",
        {
            **visitor.context(),
            "for_everybody": for_everybody,
            "for_team": for_team,
            "chosen": chosen,
            "owner": owner,
            "page": page,
            "largest_mib": settings.FACTORY_LARGEST_UPLOAD_MIB,
        },
    )
