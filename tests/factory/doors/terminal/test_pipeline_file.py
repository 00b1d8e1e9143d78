from pathlib import Path

import pytest
from pytest_django import Settings

from factory.domain.graph.document import PipelineFileInvalid
from factory.domain.pipelines.selectors import endpoints_of, graph_of
from factory.domain.pipelines.services import GraphRefused
from factory.doors.terminal.pipeline_file import describe_problems, take_in

EXAMPLES = Path(__file__).parents[4] / "examples"
HELLO = (EXAMPLES / "hello.yaml").read_text()


@pytest.mark.django_db
def test_a_file_becomes_a_version_and_the_same_file_the_same_one() -> None:
    first = take_in(HELLO)
    assert first.number == 1
    assert take_in(HELLO).pk == first.pk
    changed = take_in(HELLO.replace("text: Hello", "text: Bye"))
    assert changed.number == 2
    assert graph_of(changed).nodes["caption"].parameters["text"] == "Bye"


@pytest.mark.django_db
def test_every_problem_is_told_with_its_place_and_remedy() -> None:
    wrong = HELLO.replace("test_source@1.0.0", "nothing@1.0.0").replace(
        "camera.audio -> file.audio", "camera.audio -> file.x"
    )
    with pytest.raises(GraphRefused) as refused:
        take_in(wrong)
    lines = describe_problems(Path("wrong.yaml"), refused.value).splitlines()
    assert lines[0] == "wrong.yaml cannot run:"
    assert any(line.startswith("  camera: ") for line in lines)
    assert any(line.startswith("  file.x: ") for line in lines)
    assert all(" -> " in line for line in lines[1:])


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_names_its_lines() -> None:
    with pytest.raises(PipelineFileInvalid) as invalid:
        take_in("api_version: 1\nname: [\n")
    assert "line" in describe_problems(Path("wrong.yaml"), invalid.value)


@pytest.mark.django_db
def test_a_gateway_keeps_its_address_however_often_its_file_is_taken_in() -> None:
    text = (EXAMPLES / "webcam.yaml").read_text()
    versions = [take_in(text), take_in(text.replace("text: Live", "text: On air"))]
    found = [endpoints_of(pipeline=version.pipeline, graph=graph_of(version)) for version in versions]
    assert [(endpoint.node, endpoint.kind) for endpoint in found[0]] == [("camera", "whip")]
    assert [endpoint.id for endpoint in found[1]] == [endpoint.id for endpoint in found[0]]
    plain = take_in(HELLO)
    assert endpoints_of(pipeline=plain.pipeline, graph=graph_of(plain)) == []


@pytest.mark.django_db
def test_a_component_that_is_gone_has_no_address(settings: Settings, tmp_path: Path) -> None:
    version = take_in((EXAMPLES / "webcam.yaml").read_text())
    settings.FACTORY_COMPONENTS = tmp_path
    assert endpoints_of(pipeline=version.pipeline, graph=graph_of(version)) == []
