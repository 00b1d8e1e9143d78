"""An empty components folder, a team, and components to install."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from components.contract.manifest import read_manifest
from factory.domain.accounts.models import Team, User
from factory.domain.catalogue.models import ComponentRelease
from factory.domain.catalogue.services import install_release
from factory.domain.catalogue.statuses import ReleaseSource
from tests.drivers.saved_images import ICON, MANIFEST, README

Install = Callable[..., ComponentRelease]


@pytest.fixture
def shelves(tmp_path: Path, settings: Settings) -> Path:
    settings.FACTORY_COMPONENTS = tmp_path
    return tmp_path


@pytest.fixture
def install(db: None, shelves: Path, now: datetime.datetime) -> Install:
    def installed(
        *,
        name: str = "mirror",
        version: str = "1.0.0",
        digest: str = "sha256:aaa",
        publisher: str = "alice",
        team: Team | None = None,
        by: User | None = None,
    ) -> ComponentRelease:
        text = MANIFEST.replace("name: mirror", f"name: {name}").replace("version: 1.0.0", f"version: {version}")
        return install_release(
            manifest=read_manifest(text.replace("publisher: alice", f"publisher: {publisher}")),
            digest=digest,
            readme=README,
            icon=ICON,
            source=ReleaseSource.ARCHIVE,
            team=team,
            by=by,
            now=now,
        )

    return installed
