"""Who signs in, the teams they are in, who is asked to join one, and the tokens of programs."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from factory.domain.accounts.models import ApiToken, Invitation, Member, Team, User
from factory.domain.accounts.staff import set_active, set_staff
from factory.doors.admin.credit import grant_credit
from factory.doors.admin.questions import do_to_each
from factory.doors.admin.requests import operator_of
from factory.doors.admin.site import site
from factory.doors.admin.tables import Rows, Table
from factory.foundation import clock


class MembershipsOfUser(Rows):
    model = Member
    verbose_name_plural = "teams"
    fields = ("team", "role", "joined_at")


class MembersOfTeam(Rows):
    model = Member
    verbose_name_plural = "members"
    fields = ("user", "role", "joined_at")


@admin.register(User, site=site)
class Users(Table):
    called = "People"
    list_display = ("email", "username", "full_name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "username", "first_name")
    ordering = ("-date_joined",)
    fields = ("email", "username", "first_name", "is_active", "is_staff", "date_joined", "last_login")
    inlines = (MembershipsOfUser,)
    actions = ("block", "unblock", "make_staff", "make_no_staff")

    @admin.display(description="name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.action(description="Block: their sessions and tokens end at once")
    def block(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=False, done="Blocked: {}.")

    @admin.action(description="Let in again")
    def unblock(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=True, done="Let in again: {}.")

    @admin.action(description="Make staff: they see and do what you can here")
    def make_staff(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_staff(request, rows, staff=True, done="Staff now: {}.")

    @admin.action(description="Make staff no longer")
    def make_no_staff(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_staff(request, rows, staff=False, done="Staff no longer: {}.")

    def _set_active(self, request: HttpRequest, rows: QuerySet[User], *, active: bool, done: str) -> None:
        by, now = operator_of(request), clock.now()
        do_to_each(
            self, request, rows, deed=lambda user: set_active(user=user, active=active, by=by, now=now), done=done
        )

    def _set_staff(self, request: HttpRequest, rows: QuerySet[User], *, staff: bool, done: str) -> None:
        by, now = operator_of(request), clock.now()
        do_to_each(self, request, rows, deed=lambda user: set_staff(user=user, staff=staff, by=by, now=now), done=done)


@admin.register(Team, site=site)
class Teams(Table):
    list_display = ("slug", "name", "archived_at")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("slug", "name")
    ordering = ("slug",)
    fields = ("slug", "name", "archived_at")
    inlines = (MembersOfTeam,)
    actions = (grant_credit,)


@admin.register(Invitation, site=site)
class Invitations(Table):
    list_display = ("email", "team", "role", "invited_by", "invited_at", "expires_at", "accepted_at")
    list_select_related = ("team", "invited_by")
    search_fields = ("email", "team__slug")
    ordering = ("-invited_at",)
    fields = (
        *("email", "team", "role", "invited_by", "invited_at", "expires_at"),
        *("accepted_by", "accepted_at", "declined_at", "withdrawn_at"),
    )


@admin.register(ApiToken, site=site)
class ApiTokens(Table):
    called = "API tokens"
    list_display = ("prefix", "name", "user", "team", "made_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("team", "user")
    search_fields = ("prefix", "name", "user__email", "team__slug")
    ordering = ("-made_at",)
    fields = ("prefix", "name", "user", "team", "scopes", "made_at", "expires_at", "last_used_at", "revoked_at")
