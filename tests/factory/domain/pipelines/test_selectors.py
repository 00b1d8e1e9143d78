import dataclasses
import datetime
import re

import pytest

from factory.domain.accounts.models import Team
from factory.domain.graph.document import parse
from factory.domain.graph.graph import Graph
from factory.domain.pipelines import selectors
from factory.domain.pipelines.models import Pipeline, Version
from factory.domain.pipelines.selectors import DraftBusy, graph_of, read_draft
from factory.domain.pipelines.services import import_yaml, save_draft, slug_of


@pytest.fixture
def pipeline(team: Team, now: datetime.datetime, hello: str) -> Pipeline:
    return import_yaml(team=team, text=hello, now=now)


def save_while_reading(monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline, now: datetime.datetime, times: int) -> None:
    """Let somebody else save the draft after each of the next reads."""
    left = [times]

    def read(version: Version) -> Graph:
        graph = graph_of(version)
        if left[0]:
            left[0] -= 1
            other = Pipeline.objects.get(pk=pipeline.pk)
            changed = dataclasses.replace(graph, name=f"saved {times - left[0]}")
            save_draft(pipeline=other, graph=changed, expected_revision=other.revision, now=now)
        return graph

    monkeypatch.setattr(selectors, "graph_of", read)


def test_a_draft_is_read_with_the_revision_that_it_has(pipeline: Pipeline, hello: str) -> None:
    assert read_draft(pipeline=pipeline) == parse(hello)
    assert pipeline.revision == 2


def test_a_draft_that_is_saved_meanwhile_is_read_again(
    pipeline: Pipeline, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_while_reading(monkeypatch, pipeline, now, times=2)

    graph = read_draft(pipeline=pipeline)

    assert (graph.name, pipeline.name, pipeline.revision) == ("saved 2", "saved 2", 4)


def test_a_draft_that_never_stands_still_is_given_up(
    pipeline: Pipeline, now: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_while_reading(monkeypatch, pipeline, now, times=100)

    with pytest.raises(DraftBusy, match="try again"):
        read_draft(pipeline=pipeline)


def test_no_slug_is_a_word_of_the_addresses() -> None:
    assert slug_of("Import") == "import-pipeline"
    assert slug_of("Imported") == "imported"


@pytest.mark.parametrize(("one", "other"), [("カメラ", "録画"), ("カメラ 1", "録画 1"), ("日" * 80, "日" * 79 + "本")])
def test_names_that_addresses_cannot_hold_stay_apart(one: str, other: str) -> None:
    slugs = {slug_of(one), slug_of(other)}

    assert len(slugs) == 2
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", slug) for slug in slugs)
    assert slug_of(one) == slug_of(one)


def test_letters_with_marks_become_plain_ones() -> None:
    assert slug_of("Überwachung São Paulo №1 ½") == "uberwachung-sao-paulo-no1-12"
