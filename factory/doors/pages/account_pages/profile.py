"""Who someone is, and in which teams."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from factory.domain.accounts.people import memberships_of, rename_person
from factory.doors.pages.access import signed_in
from factory.doors.pages.account_pages.forms import ProfileForm

_MOST_TEAMS = 200


@require_safe
@login_required
def show_home(request: HttpRequest) -> HttpResponse:
    return redirect("pages:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_profile(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ProfileForm(request.POST or None, initial={"name": user.get_full_name()})
    if request.method == "POST" and form.is_valid():
        rename_person(user=user, name=form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("pages:profile")
    return render(request, "account/profile.html", {"tab": "profile", "form": form}, status=422 if form.errors else 200)


@require_safe
@login_required
def show_teams(request: HttpRequest) -> HttpResponse:
    memberships = memberships_of(user=signed_in(request))[:_MOST_TEAMS]
    return render(request, "account/teams.html", {"tab": "teams", "memberships": memberships})
