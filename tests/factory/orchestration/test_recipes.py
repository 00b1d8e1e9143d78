"""A team's recipe may only put files together, however it is written: what the engine reads is what is looked at."""

from pathlib import Path

import pytest

from components.contract.image_labels import MOST_CHARACTERS
from factory.orchestration.candidates import read_candidate_folder
from tests.factory.orchestration.packed_folders import FILES, RECIPE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def problems_with(folder: Path, more: str, *, before: str = "") -> list[str]:
    (folder / "Dockerfile").write_bytes(f"{before}{RECIPE}{more}".encode())
    return [each["message"] for each in read_candidate_folder(folder, trusted=False).problems]


@pytest.mark.parametrize(
    "hidden",
    [
        "# a comment does not go on in the next line \\\nRUN touch /x\n",
        "COPY a b \\\\\nRUN touch /x\n",
        "COPY a b \\\x0b\nRUN touch /x\n",
        "COPY a b \\\x0c\n\nRUN touch /x\n",
        "COPY a b \\\u00a0\nRUN touch /x\n",
        "COPY a b \\\u2028\nRUN touch /x\n",
        "  # indented \\\nRUN touch /x\n",
        "COPY a b\rRUN touch /x\n",
        "COPY a \\\n  # c\nRUN touch /x\n",
        "COPY a \\\n\nRUN touch /x\n",
        "RUN touch /x \\",
        "\\\nRUN touch /x\n",
    ],
)
def test_a_command_hidden_behind_the_end_of_a_line_is_found(folder: Path, hidden: str) -> None:
    assert problems_with(folder, hidden) != []


@pytest.mark.parametrize("directive", ["# escape=`", "#escape = `", "# Syntax=evil/frontend", "#check=skip=all"])
def test_no_comment_may_change_how_the_recipe_is_read(folder: Path, directive: str) -> None:
    assert problems_with(folder, "COPY a b \\\nRUN touch /x\n", before=f"{directive}\n") != []
    assert problems_with(folder, "", before=f"{directive}\n") != []


@pytest.mark.parametrize(
    "copy", ["COPY --fr\\\nom=other / /", "COPY --chown=1 --from=other / /", 'COPY --"from"=other / /']
)
def test_nothing_is_copied_from_other_images_whatever_it_is_called(folder: Path, copy: str) -> None:
    assert problems_with(folder, f"{copy}\n") != []


def test_what_lies_beyond_the_part_that_is_read_is_refused(folder: Path) -> None:
    assert problems_with(folder, f"{'#' * MOST_CHARACTERS}\nRUN touch /x\n") != []


@pytest.mark.parametrize(
    "sound",
    [
        "# Puts the words together.\nENV A=1 \\\n    B=2\n",
        "COPY --chown=0:0 one \\\n  two \\  \n  /app/\n",
        'CMD ["a", "b"]\r\n\tLABEL x="\\\\" \n',
        "LABEL of='what is installed = told'\n# what is = what\n",
    ],
)
def test_ordinary_recipes_over_several_lines_are_fine(folder: Path, sound: str) -> None:
    assert problems_with(folder, sound) == []


def test_the_line_of_what_is_refused_is_told(folder: Path) -> None:
    (folder / "Dockerfile").write_text(f"{RECIPE}COPY a \\\n b\n\nRUN touch /x\n")

    [problem] = read_candidate_folder(folder, trusted=False).problems

    assert (problem["line"], problem["message"]) == (8, "The recipe says RUN.")
