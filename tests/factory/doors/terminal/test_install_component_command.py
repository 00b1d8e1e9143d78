"""`manage.py install_component`: an archive or a folder becomes a component, or every reason why not is printed."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from factory.domain.accounts.services import create_team
from factory.domain.catalogue.components import component, entries
from tests.drivers.saved_images import MANIFEST, save
from tests.factory.orchestration.packed_folders import FILES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, settings: Settings) -> None:
    settings.FACTORY_STATE = tmp_path / "state"
    settings.FACTORY_COMPONENTS = tmp_path / "shelves"
    settings.FACTORY_DRIVER = "tests.fakes.fake_driver.build"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mirror"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text)
    return made


def install(*words: object) -> str:
    out = io.StringIO()
    call_command("install_component", *(str(word) for word in words), stdout=out)
    return out.getvalue()


def test_an_archive_is_installed_for_everybody(tmp_path: Path) -> None:
    said = install(save(tmp_path / "image.tar"))

    assert said.startswith("mirror@1.0.0 is installed, from the image sha256:")
    assert component("mirror@1.0.0").digest in said


def test_a_folder_is_installed_for_a_team(folder: Path) -> None:
    team = create_team(slug="studio", name="The studio")

    install(folder, "--team", "studio")

    assert "mirror@1.0.0" in entries(team)
    assert entries() == {}


def test_every_problem_is_printed_with_its_place(folder: Path) -> None:
    (folder / "component.yaml").write_text(MANIFEST.replace("version: 1.0.0", "version: one"))
    (folder / "README.md").unlink()

    with pytest.raises(CommandError) as refused:
        install(folder)

    assert str(refused.value).splitlines() == [
        'version, line 3: "one" is not written as it must be. Expected MAJOR.MINOR.PATCH, as semver.org has it, '
        "for example `version: 1.0.0`.",
        "README.md is missing. Add it to the folder.",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [(("nothing.tar",), "is not there"), ((".",), "no component"), ((".", "--team", "nobody"), "no team nobody")],
)
def test_what_is_not_there_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CommandError, match=says):
        install(*words)
