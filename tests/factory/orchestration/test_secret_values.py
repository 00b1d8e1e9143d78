import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from factory.domain.accounts.models import Team
from factory.domain.pipelines.models import Version
from factory.domain.pipelines.services import freeze_version, import_yaml
from factory.domain.runs.models import Instance, Run
from factory.domain.runs.services import ParameterChangeRefused, change_parameters, request_run
from factory.domain.secrets.hidden import STARS
from factory.domain.secrets.services import delete_secret, put_secret
from factory.orchestration.admission import reasons_against
from factory.orchestration.desired_world import desired_run
from factory.orchestration.kept_logs import read_kept_log
from factory.orchestration.reconcile import reconcile
from factory.orchestration.secret_values import NO_SECRETS, RunSecrets, hide_secrets, open_for
from tests.factory.hello import hello_version
from tests.factory.keyed import KEYED, REFERENCE, put_beside
from tests.fakes.fake_driver import Act, FakeDriver

pytestmark = pytest.mark.django_db
CANARY = "canary-7f3a9c"


@pytest.fixture(autouse=True)
def components(settings: Settings, tmp_path: Path) -> None:
    settings.FACTORY_COMPONENTS = put_beside(Path(settings.FACTORY_COMPONENTS), tmp_path / "shelves")


@pytest.fixture
def team() -> Team:
    return Team.objects.create(slug="alice", name="Alice")


@pytest.fixture
def version(team: Team, now: datetime.datetime) -> Version:
    return freeze_version(pipeline=import_yaml(team=team, text=KEYED, now=now), now=now)


@pytest.fixture
def run(version: Version, now: datetime.datetime, settings: Settings) -> Run:
    return request_run(version=version, now=now, deadline=now + datetime.timedelta(hours=1), host=settings.FACTORY_HOST)


def secrets_of(run: Run) -> RunSecrets:
    return open_for(desired_run(run_id=run.pk))


def test_only_what_the_manifest_calls_a_secret_is_filled_in(team: Team, run: Run, now: datetime.datetime) -> None:
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)
    node = desired_run(run_id=run.pk).nodes["keyed"]

    filled = secrets_of(run).fill_in(node)

    assert filled == {"key": CANARY, "spare": "", "note": "secret:stream_key"}
    assert node.parameters["key"] == REFERENCE
    assert CANARY not in repr(secrets_of(run)) + repr(desired_run(run_id=run.pk)) + repr(filled)


def test_a_run_without_secrets_costs_no_query_more(now: datetime.datetime) -> None:
    deadline = now + datetime.timedelta(hours=1)
    run = request_run(version=hello_version(now), now=now, deadline=deadline, host="here")
    desired = desired_run(run_id=run.pk)

    with CaptureQueriesContext(connection) as queries:
        assert open_for(desired) is NO_SECRETS

    assert len(queries) == 0


def test_a_secret_that_is_gone_is_told_with_what_to_do(team: Team, run: Run, now: datetime.datetime) -> None:
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)
    delete_secret(team=team, name="stream_key", by=None, now=now)

    secrets = secrets_of(run)

    assert secrets.values == {}
    assert secrets.problems["keyed"].startswith("key: The team has no secret stream_key: an admin")


def test_a_key_that_is_lost_is_told_with_what_to_do(
    team: Team, run: Run, now: datetime.datetime, settings: Settings
) -> None:
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)
    settings.FACTORY_SECRETS_KEYS = ["another-key-of-at-least-thirty-two-characters"]

    assert "FACTORY_SECRETS_KEYS" in secrets_of(run).problems["keyed"]


def test_a_value_that_the_component_cannot_take_is_refused_without_showing_it(
    team: Team, run: Run, now: datetime.datetime
) -> None:
    put_secret(team=team, name="stream_key", value=CANARY * 10, by=None, now=now)

    problem = secrets_of(run).problems["keyed"]

    assert "longer than the 100 characters" in problem
    assert CANARY not in problem


def test_a_run_is_refused_before_it_begins_where_a_secret_is_missing(
    team: Team, version: Version, now: datetime.datetime
) -> None:
    deadline = now + datetime.timedelta(hours=1)
    (reason,) = reasons_against(version=version, now=now, deadline=deadline)
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)

    assert 'key: the team has no secret "stream_key".' in reason
    assert reasons_against(version=version, now=now, deadline=deadline) == []


def test_while_it_runs_only_the_name_of_a_secret_that_there_is_can_be_set(
    team: Team, run: Run, now: datetime.datetime
) -> None:
    put_secret(team=team, name="other_key", value="x", by=None, now=now)

    for value, word in ((CANARY, "may not stand"), ("secret:nobody", "has no secret nobody"), (7, "may not stand")):
        with pytest.raises(ParameterChangeRefused, match=word) as refused:
            change_parameters(run_id=run.pk, node="keyed", parameters={"key": value}, now=now)
        assert CANARY not in refused.value.message
    change_parameters(run_id=run.pk, node="keyed", parameters={"key": "secret:other_key", "note": "hello"}, now=now)

    assert desired_run(run_id=run.pk).nodes["keyed"].secrets == {"key": "other_key"}


def test_what_a_crash_tells_is_kept_without_the_secrets_of_its_run(
    team: Team, run: Run, now: datetime.datetime, world: FakeDriver
) -> None:
    put_secret(team=team, name="stream_key", value=f"{CANARY}\nsecond line of it", by=None, now=now)
    told = f"key={CANARY}\nwrapped: second line of it\n"
    world.act("keyed", Act(run_for=0.0, exit_code=64, logs=told))

    reconcile(run_id=run.pk, now=now)
    reconcile(run_id=run.pk, now=now + datetime.timedelta(seconds=1))

    run.refresh_from_db()
    kept = read_kept_log(f"pf-{run.pk}-keyed-1")
    assert kept is not None
    assert kept.text == f"key={STARS}\nwrapped: {STARS}\n"
    assert f"key={STARS}" in run.reason
    assert CANARY not in run.reason + Instance.objects.get(run=run).end_reason
    assert CANARY not in hide_secrets(run_id="nobody", text=f"a {CANARY} b")


def test_what_a_run_was_given_is_hidden_after_it_was_replaced_and_deleted(
    team: Team, run: Run, now: datetime.datetime
) -> None:
    for value in (f"{CANARY}-first", f"{CANARY}-second", f"{CANARY}-third"):
        put_secret(team=team, name="stream_key", value=value, by=None, now=now)
    delete_secret(team=team, name="stream_key", by=None, now=now)
    put_secret(team=team, name="unrelated", value="another", by=None, now=now)
    put_secret(team=team, name="unrelated", value="others", by=None, now=now)

    written = f"{CANARY}-first {CANARY}-second {CANARY}-third another"

    assert hide_secrets(run_id=run.pk, text=written) == f"{STARS} {STARS} {STARS} another"
    assert CANARY not in repr(secrets_of(run))


def test_where_the_component_is_gone_no_secret_of_the_team_is_kept(
    team: Team, run: Run, now: datetime.datetime, settings: Settings, tmp_path: Path
) -> None:
    put_secret(team=team, name="stream_key", value=CANARY, by=None, now=now)
    settings.FACTORY_COMPONENTS = tmp_path / "empty"

    assert hide_secrets(run_id=run.pk, text=f"key={CANARY} ") == f"key={STARS} "
    delete_secret(team=team, name="stream_key", by=None, now=now)
    assert hide_secrets(run_id=run.pk, text=f"key={CANARY} ") == f"key={STARS} "
