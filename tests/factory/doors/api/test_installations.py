"""An upload comes in pieces from who may install, and everybody else learns nothing of it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.roles import Role
from factory.domain.catalogue.models import Installation
from factory.domain.catalogue.signals import installation_waiting
from factory.doors.api.v1.installations import PIECE_BYTES
from factory.foundation import clock
from factory.orchestration.installing import install
from tests.drivers.saved_images import save
from tests.factory.doors.api.browsers import send, sign_in
from tests.factory.doors.api.conftest import member

INSTALLATIONS = "/api/v1/installations"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, settings: Settings) -> None:
    settings.FACTORY_STATE = tmp_path
    settings.FACTORY_DRIVER = "tests.fakes.fake_driver.build"


@pytest.fixture
def staff(alice: User, team: Team) -> Client:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    return sign_in(alice)


def begin(browser: Client, size: int, **more: Any) -> Any:
    return send(browser, "POST", INSTALLATIONS, {"file_name": "mirror.tar", "size": size, **more})


def put(browser: Client, address: str, offset: int, piece: bytes, **options: Any) -> Any:
    return browser.generic("PUT", f"{address}/content?offset={offset}", piece, "application/octet-stream", **options)


def test_a_file_in_pieces_becomes_a_component(
    staff: Client, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    rung: list[str] = []

    def hear(*, installation_id: str, **_more: Any) -> None:
        rung.append(installation_id)

    installation_waiting.connect(hear, weak=False)
    content = save(tmp_path / "image.tar").read_bytes()
    begun = begin(staff, len(content))
    address = begun.headers["Location"]
    assert (begun.status_code, begun.json()["state"], begun.json()["offset"]) == (201, "uploading", 0)
    half = len(content) // 2
    assert put(staff, address, 0, content[:half]).json()["offset"] == half
    with django_capture_on_commit_callbacks(execute=True):
        last = put(staff, address, half, content[half:]).json()
    installation_waiting.disconnect(hear)
    assert (last["state"], rung) == ("waiting", [last["id"]])

    install(installation_id=last["id"], now=clock.now())

    shown = staff.get(address).json()
    assert (shown["state"], shown["reference"], shown["problems"]) == ("done", "mirror@1.0.0", [])
    assert shown["digest"].startswith("sha256:")
    [listed] = staff.get(INSTALLATIONS).json()["items"]
    assert listed["id"] == last["id"]


def test_what_is_wrong_is_shown_in_full(staff: Client, tmp_path: Path) -> None:
    content = save(tmp_path / "image.tar", labels={}).read_bytes()
    address = begin(staff, len(content)).headers["Location"]
    made = put(staff, address, 0, content).json()

    install(installation_id=made["id"], now=clock.now())

    shown = staff.get(address).json()
    assert (shown["state"], len(shown["problems"])) == ("refused", 3)
    assert "--label" in shown["problems"][0]["remedy"]


def test_a_piece_out_of_order_is_told_where_to_go_on(staff: Client) -> None:
    address = begin(staff, 10).headers["Location"]

    response = put(staff, address, 4, b"x")

    assert (response.status_code, response.json()["offset"]) == (409, 0)


@pytest.mark.parametrize("size", [-1, 0, 513 * 1024 * 1024])
def test_a_file_that_is_empty_or_too_large_is_refused(staff: Client, size: int) -> None:
    assert begin(staff, size).status_code == 422


def test_a_piece_that_is_too_large_or_of_another_type_is_refused(staff: Client) -> None:
    address = begin(staff, 100 * 1024 * 1024).headers["Location"]

    assert put(staff, address, 0, b"x" * (PIECE_BYTES + 1)).status_code == 413
    assert staff.generic("PUT", f"{address}/content?offset=0", b"{}", "application/json").status_code == 415


def test_a_person_has_only_so_many_under_way(staff: Client) -> None:
    answers = [begin(staff, 10).status_code for _ in range(5)]

    assert answers == [201, 201, 201, 201, 422]


def test_only_operators_install_for_everybody(developer: Client, team: Team) -> None:
    admin = member(team, Role.ADMIN)

    assert [begin(each, 10).status_code for each in (developer, admin)] == [403, 403]
    assert [each.get(INSTALLATIONS).status_code for each in (developer, admin)] == [403, 403]


def test_a_teams_administrators_install_for_it_alone(developer: Client, stranger: Client, team: Team) -> None:
    admin = member(team, Role.ADMIN)
    begun = begin(admin, 10, team="studio")
    address = begun.headers["Location"]

    assert (begun.status_code, begun.json()["team"]) == (201, "studio")
    assert begin(developer, 10, team="studio").status_code == 403
    assert begin(stranger, 10, team="studio").status_code == 404
    assert [each.get(address).status_code for each in (admin, developer, stranger)] == [200, 404, 404]
    assert put(stranger, address, 0, b"x").status_code == 404
    assert stranger.get(f"{INSTALLATIONS}?team=studio").status_code == 404
    assert Installation.objects.get().team == team


def test_without_signing_in_there_is_nothing(client: Client, db: None) -> None:
    assert client.get(INSTALLATIONS).status_code == 401
    assert client.get(f"{INSTALLATIONS}/nothing").status_code in (401, 404)
