"""How much runs now, over all teams: for who watches the installation."""

from django.db.models import Count

from factory.domain.runs.models import Instance, Run
from factory.domain.runs.selectors import OVER
from factory.domain.runs.states import RunState


def unfinished_runs_by_state() -> dict[str, int]:
    """How many runs are in each state that is not the end; every such state is there."""
    counted = Run.objects.exclude(state__in=OVER).values("state").annotate(many=Count("pk"))
    found = dict(counted.values_list("state", "many"))
    return {state.value: found.get(state.value, 0) for state in RunState if not state.is_over}


def unfinished_instances() -> int:
    """How many instances of runs that are not over have started and not ended."""
    unfinished = Run.objects.exclude(state__in=OVER).values("pk")
    return Instance.objects.filter(run__in=unfinished, started_at__isnull=False, ended_at__isnull=True).count()
