from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from factory.domain.accounts.models import Team, User
from factory.domain.pipelines.models import Pipeline
from factory.domain.pipelines.selectors import draft_of, graph_of, pipeline_of, pipelines_of
from factory.doors.pages.examples import read_examples, shipped_examples

ROOT = Path(__file__).resolve().parents[4]
NEW = "/new/studio/"


def made(team: Team, slug: str) -> Pipeline:
    pipeline = pipeline_of(team=team, slug=slug)
    assert pipeline is not None
    return pipeline


def test_a_blank_one_opens_in_the_editor(owner: Client, team: Team, alice: User) -> None:
    answer = owner.post(NEW, {"from": "blank", "name": " Front door "})

    assert answer["Location"] == "/t/studio/front-door/"
    assert made(team, "front-door").saved_by == alice


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_name_that_cannot_be_one_is_refused_with_the_reason(owner: Client, team: Team, name: str) -> None:
    answer = owner.post(NEW, {"from": "blank", "name": name})

    assert answer.status_code == 422
    assert "The pipeline cannot be made" in answer.content.decode()
    assert not pipelines_of(team=team).exists()


def test_a_taken_name_is_refused_and_kept_in_the_form(owner: Client, pipeline: Pipeline) -> None:
    answer = owner.post(NEW, {"from": "blank", "name": "Hello"})

    assert answer.status_code == 422
    assert "choose another name" in answer.content.decode()
    assert 'value="Hello"' in answer.content.decode()


def test_every_example_can_be_started_from_and_more_than_once(owner: Client, team: Team) -> None:
    for example in shipped_examples():
        owner.post(NEW, {"from": "example", "example": example.slug})
        answer = owner.post(NEW, {"from": "example", "example": example.slug})

        assert answer["Location"] == f"/t/studio/{example.slug}-2/"
        assert len(graph_of(draft_of(made(team, example.slug))).nodes) == example.nodes > 0


@pytest.mark.parametrize("example", ["", "../secrets", "nothing"])
def test_an_example_that_is_none_makes_nothing(owner: Client, team: Team, example: str) -> None:
    assert owner.post(NEW, {"from": "example", "example": example}).status_code == 422
    assert not pipelines_of(team=team).exists()


def test_an_uploaded_file_becomes_a_pipeline(owner: Client, team: Team) -> None:
    content = (ROOT / "examples" / "webcam.yaml").read_bytes()

    answer = owner.post(NEW, {"from": "file", "file": SimpleUploadedFile("webcam.yaml", content)})

    assert answer["Location"] == "/t/studio/webcam/"
    assert graph_of(draft_of(made(team, "webcam"))).wires


def test_a_file_with_mistakes_is_refused_with_each_of_them(owner: Client, team: Team) -> None:
    answer = owner.post(NEW, {"from": "file", "text": "api_version: 1\nname: x\nnodes: 7\nwire: []\n"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "line 3:" in page
    assert "line 4:" in page
    assert "nodes: 7" in page
    assert not pipelines_of(team=team).exists()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (1024 * 1024 + 2), b""])
def test_a_file_that_is_no_pipeline_is_refused(owner: Client, team: Team, content: bytes) -> None:
    answer = owner.post(NEW, {"from": "file", "file": SimpleUploadedFile("x.yaml", content)})

    assert answer.status_code == 422
    assert not pipelines_of(team=team).exists()


def test_who_may_not_edit_cannot_begin(viewer: Client) -> None:
    assert viewer.get(NEW).status_code == 403
    assert viewer.post(NEW, {"from": "blank", "name": "x"}).status_code == 403


def test_examples_are_read_by_the_name_of_their_file(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text("api_version: 1\nname: Second\ndescription: Why.\nnodes: {}\n")
    (tmp_path / "notes.txt").write_text("not this")

    (example,) = read_examples(tmp_path)

    assert (example.slug, example.name, example.description, example.nodes) == ("two", "Second", "Why.", 0)
