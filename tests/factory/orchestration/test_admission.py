import datetime
import shutil
from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.pipelines.models import Version
from factory.domain.pipelines.selectors import draft_of
from factory.domain.runs.models import Run
from factory.orchestration import admission
from factory.orchestration.admission import RunRefused, reasons_against, start_run
from tests.factory.hello import HELLO, hello_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(now: datetime.datetime) -> Version:
    return hello_version(now)


def in_an_hour(now: datetime.datetime) -> datetime.datetime:
    return now + datetime.timedelta(hours=1)


def test_a_frozen_version_of_components_that_are_there_may_run(version: Version, now: datetime.datetime) -> None:
    run = start_run(version=version, now=now, deadline=in_an_hour(now), host="here")

    assert run.nodes.count() == 3


def test_a_draft_may_not(version: Version, now: datetime.datetime) -> None:
    with pytest.raises(RunRefused, match="draft"):
        start_run(version=draft_of(version.pipeline), now=now, deadline=in_an_hour(now), host="here")

    assert not Run.objects.exists()


def test_every_component_that_is_gone_is_named(
    version: Version, now: datetime.datetime, settings: Settings, tmp_path: object
) -> None:
    settings.FACTORY_COMPONENTS = tmp_path

    reasons = reasons_against(version=version, now=now, deadline=in_an_hour(now))

    assert [reason.split(":")[0] for reason in reasons] == ["camera", "caption", "file"]


def test_a_component_of_a_contract_from_elsewhere_cannot_run_here(
    version: Version, now: datetime.datetime, settings: Settings, tmp_path: Path
) -> None:
    for shelf in ("gateways", "transforms", "sinks"):
        shutil.copytree(settings.FACTORY_COMPONENTS / shelf, tmp_path / shelf)
    manifest = tmp_path / "transforms" / "overlay" / "component.yaml"
    manifest.write_text(manifest.read_text().replace("contract: wires", "contract: mpipe"))
    settings.FACTORY_COMPONENTS = tmp_path

    (reason,) = reasons_against(version=version, now=now, deadline=in_an_hour(now))

    assert reason.startswith("caption: ")
    assert "mpipe" in reason


def test_a_run_has_no_more_nodes_than_a_host_carries(now: datetime.datetime) -> None:
    more = "".join(f"  camera{number}: {{component: test_source@1.0.0}}\n" for number in range(62))
    version = hello_version(now, HELLO.replace("wires:", f"{more}wires:"))

    (reason,) = reasons_against(version=version, now=now, deadline=in_an_hour(now))

    assert "65 nodes" in reason
    assert "at most 64" in reason


@pytest.mark.parametrize("seconds", [0, -1, 24 * 3600 + 1])
def test_a_run_ends_in_the_future_and_within_a_day(version: Version, now: datetime.datetime, seconds: int) -> None:
    (reason,) = reasons_against(version=version, now=now, deadline=now + datetime.timedelta(seconds=seconds))

    assert "deadline" in reason


def test_a_team_has_no_more_runs_than_its_share(
    version: Version, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MOST_RUNS_A_TEAM", 1)
    start_run(version=version, now=now, deadline=in_an_hour(now), host="here")

    (reason,) = reasons_against(version=version, now=now, deadline=in_an_hour(now))

    assert "stop one of them" in reason
