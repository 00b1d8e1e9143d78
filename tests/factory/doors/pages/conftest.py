"""A team with one member of each role, a stranger, and the browser's build, there or not."""

import datetime
import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django_vite.core.asset_loader import DjangoViteAssetLoader
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.accounts.services import create_team, set_role
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.new_pipelines import create_from_text

ROOT = Path(__file__).resolve().parents[4]
MANIFEST = {
    "src/app/site.ts": {"file": "assets/site-AAAAAAAA.js", "isEntry": True, "css": ["assets/site-BBBBBBBB.css"]},
    "src/app/main.tsx": {
        "file": "assets/editor-CCCCCCCC.js",
        "isEntry": True,
        "imports": ["_shared.js"],
        "css": ["assets/editor-DDDDDDDD.css"],
    },
    "_shared.js": {"file": "assets/shared-EEEEEEEE.js"},
}


@pytest.fixture(autouse=True)
def forget_rates() -> None:
    """What one test tried too often must not hold up the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def build(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of the editor as Vite leaves it; `build.unlink()` is one that was never made."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    settings.DJANGO_VITE = {"default": {"manifest_path": manifest, "static_url_prefix": "builder"}}
    monkeypatch.setattr(DjangoViteAssetLoader, "_instance", None)
    return manifest


@pytest.fixture
def pipeline(team: Team, alice: User, now: datetime.datetime) -> Pipeline:
    text = (ROOT / "examples" / "hello.yaml").read_text()
    return create_from_text(team=team, text=text, now=now, by=alice)


@pytest.fixture
def owner(alice: User, client: Client) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def viewer(team: Team) -> Client:
    return sign_in_as(Role.VIEWER, team)


@pytest.fixture
def stranger(db: None) -> Client:
    charlie = User.objects.create_user("charlie", email="charlie@example.net")
    create_team(slug="elsewhere", name="Elsewhere", owner=charlie)
    browser = Client()
    browser.force_login(charlie)
    return browser


def sign_in_as(role: Role, team: Team) -> Client:
    """A browser of a new member of this role."""
    bob = User.objects.create_user(f"bob-{role}", email=f"bob-{role}@example.org")
    set_role(team=team, user=bob, role=role)
    browser = Client()
    browser.force_login(bob)
    return browser
