"""A run that nobody can pay is refused in the words of money, and with its status."""

import datetime

from django.test import Client

from factory.domain.billing.services import open_wallet, set_cap
from factory.domain.pipelines.models import Pipeline
from factory.domain.runs.models import Run
from tests.factory.doors.api.browsers import HELLO, send


def test_a_run_that_nobody_can_pay_is_refused_with_402_and_what_to_do(
    pipeline: Pipeline, operator: Client, now: datetime.datetime
) -> None:
    open_wallet(team=pipeline.team, now=now)
    set_cap(team=pipeline.team, micros=10, by=None, now=now)

    response = send(operator, "POST", f"{HELLO}/runs", {"revision": 2})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (402, "billing:user:out-of-credit")
    assert "Raise the cap on the billing page" in problem["title"] + str(problem.get("detail"))
    assert problem["reasons"][0].startswith("The team's cap of €0.00001 this month leaves too little")
    assert not Run.objects.exists()
