"""What every table of the operators' pages has: staff see it, and nothing is written but by a verb of the domain."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from factory.doors.admin.site import may_operate

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _TabularInline = admin.TabularInline


class Table(_ModelAdmin):
    """Rows to read; `fields` names what is shown, so that a column that is added later is not shown by itself."""

    list_per_page = 50
    show_full_result_count = False
    actions_on_bottom = False

    called = ""
    """What people call its rows, in the plural; else as the model says."""
    makes_new = False
    """Whether `add_view` makes something new by a verb of the domain."""

    @property
    def name(self) -> str:
        """The heading of its list."""
        return self.called or str(self.opts.verbose_name_plural).capitalize()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": self.name, "called": self.name, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"called": self.name, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        kept = ("_changelist", "_change", *(["_add"] if self.makes_new else []))
        return [each for each in super().get_urls() if str(each.name).endswith(kept)]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        # PostgreSQL knows no text with this character in it, and would raise.
        return None if "\x00" in object_id else super().get_object(request, object_id, from_field)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_operate(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_operate(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.makes_new and may_operate(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Rows(_TabularInline):
    """Rows that belong to another one, below it."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_operate(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
