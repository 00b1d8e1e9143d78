"""Which runs a team's cap is about to end: told to who sets it below what they use."""

import datetime
from collections import Counter

from factory.domain.accounts.models import Team
from factory.domain.billing.models import Reservation
from factory.domain.billing.money import Micros
from factory.domain.billing.open_costs import MOST_OPEN, open_costs
from factory.domain.billing.reservations import price_of_quantum
from factory.domain.billing.selectors import standing_of
from factory.domain.runs.models import Run
from factory.domain.runs.selectors import OVER

MOST_RUNS = 500


def runs_about_to_end(*, team: Team, now: datetime.datetime) -> int:
    """How many runs the cap leaves too little for, were all of them renewed now in the order in which that is due."""
    standing = standing_of(team, now)
    if standing.cap is None:
        return 0
    used, running_at = Counter[str](), Counter[str]()
    for cost in open_costs(team_id=team.pk, now=now)[:MOST_OPEN]:
        used[cost.run] += cost.micros
        running_at[cost.run] += cost.per_hour if cost.is_running else 0
    wanted = Run.objects.filter(team=team, wanted=True).exclude(state__in=OVER)
    runs = list(wanted.order_by("paid_until", "pk").values_list("pk", flat=True)[:MOST_RUNS])
    held = {each.run_id: each for each in Reservation.objects.filter(run__in=runs, released_at=None)}
    free: Micros = standing.cap - standing.spent_this_month - standing.reserved
    ending = 0
    for run in runs:
        mine = held.get(run)
        per_hour = max(mine.per_hour_micros if mine else 0, running_at[run])
        more = used[run] + price_of_quantum(per_hour) - (mine.amount if mine else 0)
        if more > max(0, free):
            ending += 1
        else:
            free -= more
    return ending
