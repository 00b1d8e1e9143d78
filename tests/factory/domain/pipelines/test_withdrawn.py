"""A withdrawn component runs on where a version has it, and no new node may be one."""

import datetime

import pytest

from components.contract.manifest import read_manifest
from factory.domain.accounts.models import Team
from factory.domain.accounts.services import create_team
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.catalogue.services import install_release, set_status
from factory.domain.catalogue.statuses import ReleaseSource, ReleaseStatus
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text
from factory.domain.pipelines.services import GraphRefused, freeze_version
from tests.drivers.saved_images import ICON, MANIFEST, README
from tests.factory.hello import HELLO

TEXT = HELLO.replace("overlay@1.0.0, parameters: {text: Hello}", "mirror@1.0.0")


@pytest.fixture
def team(db: None) -> Team:
    return create_team(slug="studio", name="The studio")


@pytest.fixture
def release(db: None, team: Team, now: datetime.datetime) -> ComponentRelease:
    return install_release(
        manifest=read_manifest(MANIFEST),
        digest="sha256:aaa",
        readme=README,
        icon=ICON,
        source=ReleaseSource.ARCHIVE,
        team=team,
        by=None,
        now=now,
    )


def make(release: ComponentRelease, now: datetime.datetime) -> Pipeline:
    assert release.team is not None
    return create_from_text(team=release.team, text=TEXT, now=now)


def yank(release: ComponentRelease, now: datetime.datetime) -> None:
    set_status(release=release, status=ReleaseStatus.YANKED, note="It leaks.", by=None, now=now)


def test_a_new_node_of_it_is_refused_with_the_reason(release: ComponentRelease, now: datetime.datetime) -> None:
    pipeline = make(release, now)
    yank(release, now)

    with pytest.raises(GraphRefused, match=r"mirror@1\.0\.0 was withdrawn: It leaks\."):
        freeze_version(pipeline=pipeline, now=now)


def test_a_pipeline_that_has_it_in_a_version_goes_on(release: ComponentRelease, now: datetime.datetime) -> None:
    pipeline = make(release, now)
    assert freeze_version(pipeline=pipeline, now=now).number == 1
    yank(release, now)

    assert freeze_version(pipeline=pipeline, now=now).number == 2
