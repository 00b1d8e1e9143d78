import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from factory.domain.accounts.roles import Role
from factory.domain.pipelines.models import Pipeline
from tests.factory.doors.pages.conftest import sign_in_as

ADDRESS = "/t/studio/hello/"


def boot_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="boot" type="application/json">(.*?)</script>', page)
    assert found is not None
    boot: dict[str, Any] = json.loads(found[1])
    return boot


def test_the_shell_has_what_the_editor_begins_with(owner: Client, pipeline: Pipeline) -> None:
    answer = owner.get(ADDRESS)
    boot = boot_of(answer.content.decode())
    nonce = boot.pop("nonce")

    assert boot == {
        "team": "studio",
        "slug": "hello",
        "user": {"name": "alice@example.org"},
        "role": "owner",
        "may": {"edit": True, "run": True},
        "api": "/api/v1",
        "live": "/live/studio/hello/",
        "pipelines": "/t/studio/",
        "money": {"billing": "/teams/studio/billing/", "notice": "", "isUrgent": False},
    }
    assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
    assert '<div id="editor"></div>' in answer.content.decode()
    assert "JavaScript is switched off" in answer.content.decode()
    assert "csrftoken" in owner.cookies


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.ADMIN, {"edit": True, "run": True}),
        (Role.DEVELOPER, {"edit": True, "run": True}),
        (Role.OPERATOR, {"edit": False, "run": True}),
        (Role.VIEWER, {"edit": False, "run": False}),
    ],
)
def test_the_editor_learns_what_the_role_may(pipeline: Pipeline, role: Role, may: dict[str, bool]) -> None:
    boot = boot_of(sign_in_as(role, pipeline.team).get(ADDRESS).content.decode())

    assert (boot["role"], boot["may"]) == (role.value, may)


def test_program_and_styles_carry_the_nonce_and_their_hash(owner: Client, pipeline: Pipeline) -> None:
    page = owner.get(ADDRESS).content.decode()
    nonce = boot_of(page)["nonce"]

    for file in ("editor-CCCCCCCC.js", "editor-DDDDDDDD.css", "shared-EEEEEEEE.js", "site-BBBBBBBB.css"):
        (tag,) = re.findall(rf'<[^>]*"/static/builder/assets/{re.escape(file)}"[^>]*>', page)
        assert f'nonce="{nonce}"' in tag


def test_two_visits_never_share_a_nonce(owner: Client, pipeline: Pipeline) -> None:
    nonces = {boot_of(owner.get(ADDRESS).content.decode())["nonce"] for _ in range(3)}

    assert len(nonces) == 3


def test_only_the_editor_may_ask_for_camera_microphone_and_screen(owner: Client, pipeline: Pipeline) -> None:
    editor, elsewhere = owner.get(ADDRESS)["Permissions-Policy"], owner.get("/t/studio/")["Permissions-Policy"]

    for feature in ("camera", "microphone", "display-capture"):
        assert f"{feature}=(self)" in editor
        assert f"{feature}=()" in elsewhere
    assert "geolocation=()" in editor


def test_without_a_build_the_page_says_how_to_make_one(owner: Client, pipeline: Pipeline, build: Path) -> None:
    build.unlink()

    page = owner.get(ADDRESS).content.decode()

    assert "make setup" in page
    assert '<div id="editor">' not in page
    assert "builder/assets" not in page


def test_without_a_build_every_other_page_still_works(client: Client, db: None, build: Path) -> None:
    build.unlink()

    assert client.get("/").status_code == 200
