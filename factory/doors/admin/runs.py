"""Pipelines, their runs and the containers of these: to read, and to stop a run."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from factory.domain.accounts import audit
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Instance, Run, RunNode, StateChange
from factory.domain.runs.services import request_stop
from factory.doors.admin.questions import do_to_each
from factory.doors.admin.requests import operator_of
from factory.doors.admin.site import site
from factory.doors.admin.tables import Rows, Table
from factory.foundation import clock


class NodesOfRun(Rows):
    model = RunNode
    verbose_name_plural = "nodes"
    # Parameters are the team's own; how a node fares is what an operator needs.
    fields = ("name", "component", "state", "reason", "attempt", "given_up", "give_up_reason")


class InstancesOfRun(Rows):
    model = Instance
    verbose_name_plural = "instances"
    show_change_link = True
    fields = ("name", "attempt", "engine_state", "started_at", "ended_at", "exit_code", "stop_cause")


class ChangesOfRun(Rows):
    model = StateChange
    verbose_name_plural = "changes of state"
    fields = ("at", "node", "old", "new", "reason")


@admin.register(Pipeline, site=site)
class Pipelines(Table):
    list_display = ("slug", "name", "team", "mode", "revision", "saved_by", "saved_at", "archived_at")
    list_select_related = ("team", "saved_by")
    list_filter = ("mode", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("slug", "name", "team__slug")
    ordering = ("team__slug", "slug")
    fields = ("team", "slug", "name", "description", "mode", "revision", "saved_by", "saved_at", "archived_at")


@admin.register(Run, site=site)
class Runs(Table):
    list_display = ("id", "team", "version", "state", "host", "requested_at", "deadline", "stopped_at")
    list_select_related = ("team", "version__pipeline")
    list_filter = ("state", "host")
    search_fields = ("id", "team__slug")
    ordering = ("-requested_at",)
    fields = (
        *("id", "team", "version", "state", "reason", "wanted", "stop_reason", "host", "epoch", "lease_owner"),
        *("lease_until", "requested_at", "deadline", "paid_until", "stopped_at"),
    )
    inlines = (NodesOfRun, InstancesOfRun, ChangesOfRun)
    actions = ("stop",)

    @admin.action(description="Stop: their containers end in order")
    def stop(self, request: HttpRequest, rows: QuerySet[Run]) -> None:
        by, now = operator_of(request), clock.now()

        def end(row: Run) -> None:
            request_stop(run_id=row.pk, now=now, reason="an operator of the installation stopped it")
            audit.record(team=row.team, actor=by, action="run.stopped", subject=row.pk, now=now)

        do_to_each(self, request, rows.filter(wanted=True), deed=end, done="Asked to stop: {}.")


@admin.register(Instance, site=site)
class Instances(Table):
    list_display = ("name", "run", "node", "attempt", "engine_state", "started_at", "ended_at", "exit_code")
    list_filter = ("engine_state", "stop_cause", "out_of_memory")
    search_fields = ("name", "run__id")
    ordering = ("-requested_at",)
    fields = (
        *("name", "run", "node", "attempt", "epoch", "engine_state", "requested_at", "started_at", "ready_at"),
        *("seen_at", "finished_at", "ended_at", "cpu_millis", "memory_mib", "metered", "exit_code"),
        *("out_of_memory", "stop_cause", "end_reason"),
    )
