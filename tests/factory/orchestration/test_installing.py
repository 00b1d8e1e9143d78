"""An upload becomes a release pinned to its image, or is refused for every reason there is."""

import datetime
import fcntl
from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.accounts.models import Team, User
from factory.domain.accounts.services import create_team
from factory.domain.catalogue import installations
from factory.domain.catalogue.components import component, entries
from factory.domain.catalogue.models import ComponentRelease, Installation
from factory.domain.catalogue.statuses import InstallationState
from factory.drivers.driver import DriverUnavailable
from factory.orchestration import uploads
from factory.orchestration.installing import install, sweep_installations
from tests.drivers.saved_images import LABELS, MANIFEST, save
from tests.factory.orchestration.packed_folders import pack_zip
from tests.fakes.fake_driver import Act, FakeDriver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelves(world: FakeDriver, settings: Settings, tmp_path: Path) -> None:
    """Nothing lies in the components folder."""
    settings.FACTORY_COMPONENTS = tmp_path / "shelves"


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", email="alice@example.org", is_staff=True)


def upload(path: Path, now: datetime.datetime, *, by: User | None = None, team: Team | None = None) -> Installation:
    content = path.read_bytes()
    row = installations.begin_installation(team=team, file_name=path.name, size=len(content), by=by, now=now)
    middle = len(content) // 2
    assert uploads.add_piece(installation=row, offset=0, piece=content[:middle]) == middle
    assert uploads.add_piece(installation=row, offset=middle, piece=content[middle:]) == len(content)
    installations.finish_upload(installation_id=row.pk, now=now)
    return row


def ended(row: Installation) -> Installation:
    row.refresh_from_db()
    assert row.installation_state.is_over
    assert not uploads.upload_path(row.pk).exists()
    return row


def test_an_image_becomes_a_release_that_is_pinned_to_it(tmp_path: Path, alice: User, now: datetime.datetime) -> None:
    row = upload(save(tmp_path / "image.tar"), now, by=alice)

    install(installation_id=row.pk, now=now)

    assert ended(row).state == InstallationState.DONE
    entry = component("mirror@1.0.0")
    assert entry.digest.startswith("sha256:")
    assert (entry.image, entry.folder) == (entry.digest, None)
    assert row.release == ComponentRelease.objects.get(installed_by=alice)


def test_a_packed_folder_is_built_and_pinned(tmp_path: Path, now: datetime.datetime) -> None:
    row = upload(pack_zip(tmp_path / "mirror.zip"), now)

    install(installation_id=row.pk, now=now)

    release = ComponentRelease.objects.get()
    assert (ended(row).reference, release.source) == ("mirror@1.0.0", "folder")
    assert release.readme.startswith("# Mirror")


def test_another_image_under_the_same_reference_is_refused(tmp_path: Path, now: datetime.datetime) -> None:
    for number, labels in enumerate([LABELS, LABELS | {"more": "x"}]):
        row = upload(save(tmp_path / f"{number}.tar", labels=labels), now)
        install(installation_id=row.pk, now=now)

    [problem] = ended(row).problems

    assert "raise the version in component.yaml" in problem["message"]
    assert ComponentRelease.objects.count() == 1


def test_the_image_of_a_refused_installation_does_not_stay(
    tmp_path: Path, world: FakeDriver, now: datetime.datetime
) -> None:
    install(installation_id=upload(save(tmp_path / "first.tar"), now).pk, now=now)
    first = world.kept_images()
    row = upload(save(tmp_path / "other.tar", labels=LABELS | {"more": "x"}), now)

    install(installation_id=row.pk, now=now)

    assert ended(row).state == InstallationState.REFUSED
    assert world.kept_images() == first != frozenset()


def test_an_image_that_was_there_before_stays_where_its_installation_is_refused(
    tmp_path: Path, world: FakeDriver, now: datetime.datetime
) -> None:
    path = save(tmp_path / "image.tar")
    for refused in (False, True):
        row = upload(path, now)
        if refused:
            ComponentRelease.objects.update(digest="sha256:of-another-image")
        install(installation_id=row.pk, now=now)

    assert ended(row).state == InstallationState.REFUSED
    assert len(world.kept_images()) == 1


def test_a_folder_whose_reference_is_taken_is_not_even_built(
    tmp_path: Path, team: Team, world: FakeDriver, now: datetime.datetime
) -> None:
    install(installation_id=upload(save(tmp_path / "first.tar"), now).pk, now=now)
    world.act("images", Act(start_refused="the engine must not be asked"))
    row = upload(pack_zip(tmp_path / "mirror.zip"), now, team=team)

    install(installation_id=row.pk, now=now)

    assert "is installed for everybody already" in ended(row).problems[0]["message"]


def test_the_same_image_once_more_changes_nothing(tmp_path: Path, now: datetime.datetime) -> None:
    rows = [upload(save(tmp_path / "image.tar"), now) for _ in range(2)]
    for row in rows:
        install(installation_id=row.pk, now=now)

    assert [ended(row).state for row in rows] == [InstallationState.DONE, InstallationState.DONE]
    assert ComponentRelease.objects.count() == 1


def test_a_broken_manifest_is_refused_with_every_problem_and_no_image(
    tmp_path: Path, world: FakeDriver, now: datetime.datetime
) -> None:
    world.act("images", Act(start_refused="the engine must not be asked"))
    broken = MANIFEST.replace("version: 1.0.0", "version: one").replace("kind: transform", "kind: magic")
    row = upload(save(tmp_path / "i.tar", labels=LABELS | {"factory.component.manifest": broken}), now)

    install(installation_id=row.pk, now=now)

    assert [problem["path"] for problem in ended(row).problems] == ["version", "kind"]
    assert entries() == {}


def test_what_the_engine_refuses_is_refused_with_its_words(
    tmp_path: Path, world: FakeDriver, now: datetime.datetime
) -> None:
    world.act("images", Act(start_refused="The recipe cannot be built: line 3"))
    row = upload(pack_zip(tmp_path / "mirror.zip"), now)

    install(installation_id=row.pk, now=now)

    assert ended(row).problems[0]["message"] == "The recipe cannot be built: line 3"


def test_a_teams_own_component_is_there_for_the_team_alone(
    tmp_path: Path, team: Team, alice: User, now: datetime.datetime
) -> None:
    row = upload(save(tmp_path / "image.tar"), now, by=alice, team=team)
    other = create_team(slug="elsewhere", name="Elsewhere")

    install(installation_id=row.pk, now=now)

    assert "mirror@1.0.0" in entries(team)
    assert entries() == entries(other) == {}


def test_while_the_engine_is_away_it_waits_and_loses_no_attempt(
    tmp_path: Path, world: FakeDriver, now: datetime.datetime
) -> None:
    row = upload(save(tmp_path / "image.tar"), now)
    world.fall_silent(3600)
    for _ in range(5):
        with pytest.raises(DriverUnavailable):
            install(installation_id=row.pk, now=now)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (InstallationState.WAITING, 0)

    world.fall_silent(0)
    assert sweep_installations(now=now) == [row.pk]

    assert ended(row).state == InstallationState.DONE


def test_the_sweep_resumes_what_a_dead_worker_left(tmp_path: Path, now: datetime.datetime) -> None:
    row = upload(save(tmp_path / "image.tar"), now)
    assert installations.claim(installation_id=row.pk, now=now) is not None

    sweep_installations(now=now)

    assert ended(row).state == InstallationState.DONE


def test_an_upload_over_which_workers_die_is_refused_in_the_end(tmp_path: Path, now: datetime.datetime) -> None:
    row = upload(save(tmp_path / "image.tar"), now)
    for _ in range(installations.MOST_ATTEMPTS):
        installations.claim(installation_id=row.pk, now=now)

    sweep_installations(now=now)

    assert "3 workers ended" in ended(row).problems[0]["message"]


def test_nobody_begins_while_another_worker_is_at_it(tmp_path: Path, now: datetime.datetime) -> None:
    row = upload(save(tmp_path / "image.tar"), now)
    with uploads.upload_path("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(installation_id=row.pk, now=now)
        row.refresh_from_db()
        assert (row.state, row.attempts) == (InstallationState.WAITING, 0)

    install(installation_id=row.pk, now=now)

    assert ended(row).state == InstallationState.DONE


def test_an_upload_that_nobody_goes_on_sending_ends(tmp_path: Path, now: datetime.datetime) -> None:
    row = installations.begin_installation(team=None, file_name="x.tar", size=100, by=None, now=now)
    uploads.add_piece(installation=row, offset=0, piece=b"x")

    assert sweep_installations(now=now) == []
    assert sweep_installations(now=now + datetime.timedelta(hours=1)) == [row.pk]

    assert "Not all of the file came" in ended(row).problems[0]["message"]


@pytest.mark.parametrize("row_is_gone", [False, True])
def test_a_file_that_a_dead_worker_left_behind_goes(now: datetime.datetime, row_is_gone: bool) -> None:
    row = installations.begin_installation(team=None, file_name="x.tar", size=1, by=None, now=now)
    coming = installations.begin_installation(team=None, file_name="y.tar", size=9, by=None, now=now)
    for each in (row, coming):
        uploads.add_piece(installation=each, offset=0, piece=b"x")
    (uploads.workshop(row.pk) / "image.tar").write_bytes(b"x")
    # It was killed between the last word of the row and the removal of the file.
    installations.refuse(installation=row, problems=[], now=now)
    if row_is_gone:
        row.delete()

    sweep_installations(now=now)

    left = {path.name for path in uploads.upload_path(coming.pk).parent.iterdir()} - {"lock"}
    assert left == {coming.pk}


def test_what_the_terminal_is_packing_is_left_alone(now: datetime.datetime) -> None:
    packed = uploads.upload_path("terminal-1")
    packed.write_bytes(b"x")

    sweep_installations(now=now)

    assert packed.exists()


def test_pieces_come_in_order_and_twice_is_fine(now: datetime.datetime) -> None:
    row = installations.begin_installation(team=None, file_name="x.tar", size=6, by=None, now=now)
    assert uploads.add_piece(installation=row, offset=0, piece=b"abc") == 3
    assert uploads.add_piece(installation=row, offset=0, piece=b"abc") == 3
    for offset, piece in ((4, b"x"), (3, b"defg")):
        with pytest.raises(uploads.PieceRefused) as refused:
            uploads.add_piece(installation=row, offset=offset, piece=piece)
        assert refused.value.offset == 3

    assert uploads.add_piece(installation=row, offset=3, piece=b"def") == 6
    assert uploads.upload_path(row.pk).read_bytes() == b"abcdef"


def test_a_mistake_of_ours_ends_the_installation_with_words(
    tmp_path: Path, settings: Settings, now: datetime.datetime
) -> None:
    row = upload(save(tmp_path / "image.tar"), now)
    settings.FACTORY_DRIVER = "nowhere.build"

    install(installation_id=row.pk, now=now)

    assert "Something went wrong here" in ended(row).problems[0]["message"]
