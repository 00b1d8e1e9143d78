"""The operators' pages: who comes in, and that they come in as everywhere else in the product."""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

_View = TypeVar("_View", bound=Callable[..., Any])
_TAKE_FORMS = {"changelist_view", "add_view"}
"""Lists, whose forms choose what is done to which rows, and the pages that make something new."""
_LEFT_OUT = {"password_change_done", "autocomplete", "view_on_site", "app_list"}


def may_operate(request: HttpRequest) -> bool:
    """Staff alone; Django's permissions decide nothing here, what the domain forbids is forbidden to everybody."""
    return request.user.is_active and bool(getattr(request.user, "is_staff", False))


class OperatorSite(AdminSite):
    """Sign-in, its second factor and its limits are those of /accounts/, and so are passwords and sessions."""

    site_header = "Media Pipeline Factory"
    site_title = "Operators · Media Pipeline Factory"
    index_title = "Operators"
    site_url = "/"
    enable_nav_sidebar = False
    empty_value_display = "–"
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return may_operate(request)

    def admin_view(self, view: _View, cacheable: bool = False) -> _View:
        takes_forms = getattr(view, "__name__", "") in _TAKE_FORMS
        guarded = super().admin_view(view, cacheable)
        return require_http_methods(["GET", "HEAD", "POST"])(guarded) if takes_forms else require_safe(guarded)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        kept = [each for each in super().get_urls() if getattr(each, "name", "") not in _LEFT_OUT]
        return [*kept, path("<slug:app_label>/", self.admin_view(self.app_index), name="app_list")]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        found = super().get_app_list(request, app_label)
        for subject in found:
            for table in subject["models"]:
                table["name"] = getattr(self.get_model_admin(table["model"]), "name", table["name"])
        return found

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer: HttpResponse = _sign_in(request)
        return answer

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_change_password")


@require_safe
@never_cache
@secure_admin_login  # type: ignore[untyped-decorator]
def _sign_in(request: HttpRequest) -> HttpResponse:
    return redirect("admin:index")


site = OperatorSite(name="admin")
