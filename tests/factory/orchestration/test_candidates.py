"""What is uploaded is read with everything that is wrong with it, not only the first thing."""

from pathlib import Path

import pytest

from factory.drivers.image_archive import read_image
from factory.orchestration.candidates import read_candidate_folder, read_candidate_image
from tests.drivers.saved_images import ICON, LABELS, MANIFEST, save
from tests.factory.orchestration.packed_folders import FILES, RECIPE

MOST = 64 * 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_sound_image_has_no_problems(tmp_path: Path) -> None:
    candidate = read_candidate_image(read_image(save(tmp_path / "image.tar"), most_bytes=MOST))

    assert candidate.problems == []
    assert candidate.manifest is not None
    assert (candidate.manifest.ref, candidate.icon) == ("mirror@1.0.0", ICON)


def test_everything_that_is_wrong_with_an_image_is_told_at_once(tmp_path: Path) -> None:
    broken = MANIFEST.replace("version: 1.0.0", "version: one").replace("kind: transform", "kind: magic")
    labels = LABELS | {"factory.component.manifest": broken, "factory.component.icon": "no picture"}
    path = save(tmp_path / "image.tar", labels=labels, Entrypoint=None, Volumes={"/data": {}})

    problems = read_candidate_image(read_image(path, most_bytes=MOST)).problems

    assert [(each["path"], each["line"]) for each in problems if each["path"]] == [("version", 3), ("kind", 5)]
    told = " ".join(each["message"] for each in problems)
    assert all(words in told for words in ("what to start", "declares volumes", "no SVG"))
    assert all(each["remedy"] for each in problems)


def test_an_image_without_labels_is_told_how_to_get_them(tmp_path: Path) -> None:
    path = save(tmp_path / "image.tar", labels={})

    problems = read_candidate_image(read_image(path, most_bytes=MOST)).problems

    assert len(problems) == 3
    assert "--label factory.component.manifest=" in problems[0]["remedy"]


def test_a_sound_folder_has_no_problems_for_anybody(folder: Path) -> None:
    assert read_candidate_folder(folder, trusted=False).problems == []


def test_missing_files_are_told_with_the_manifests_problems(folder: Path) -> None:
    (folder / "README.md").unlink()
    (folder / "Dockerfile").unlink()
    (folder / "component.yaml").write_text(MANIFEST + "colour: red\n")

    problems = read_candidate_folder(folder, trusted=True).problems

    assert [each["path"] for each in problems] == ["colour", "", ""]
    assert [each["message"] for each in problems[1:]] == ["README.md is missing.", "Dockerfile is missing."]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("RUN rm -rf /", "RUN"),
        ("ADD https://example.org/x /x", "ADD"),
        ("COPY --from=other / /", "COPY"),
        ("FROM debian", "FROM debian"),
        ("ONBUILD RUN true", "ONBUILD"),
        ("# syntax is fine\n#syntax=evil/frontend", "#SYNTAX=EVIL/FRONTEND"),
    ],
)
def test_a_teams_recipe_may_only_put_files_together(folder: Path, line: str, says: str) -> None:
    (folder / "Dockerfile").write_text(f"{RECIPE}{line}\n")

    [problem] = read_candidate_folder(folder, trusted=False).problems

    assert problem["message"] == f"The recipe says {says}."
    assert read_candidate_folder(folder, trusted=True).problems == []


def test_a_component_cannot_be_called_as_a_page_is(folder: Path) -> None:
    (folder / "component.yaml").write_text(MANIFEST.replace("name: mirror", "name: install"))

    [problem] = read_candidate_folder(folder, trusted=True).problems

    assert problem["path"] == "name"
