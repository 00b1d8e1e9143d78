"""What is wrong with a manifest is told in sentences for people, each with a line that would be right."""

import json
from typing import Annotated, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from components.contract.manifest import (
    FormatsWhen,
    InputPort,
    Manifest,
    ManifestInvalid,
    OutputPort,
    Permissions,
    Resources,
    Runtime,
)
from components.contract.manifest_examples import example_of
from components.contract.parameters import Parameter, VisibleIf
from tests.contract.test_manifest import a_sink, changed, refused

MODELS = (FormatsWhen, InputPort, Manifest, OutputPort, Parameter, Permissions, Resources, Runtime, VisibleIf)
FIELDS = [(model, name) for model in MODELS for name in model.model_fields]
OF_PYDANTIC = ("input", "should", "string", "valid", "tuple", "dictionary", "array", "object", "validation", "pattern")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("version", "1.0", '"1.0" is not written as it must be. Expected MAJOR.MINOR.PATCH'),
        ("version", "1.0", "for example `version: 1.0.0`"),
        ("version", 1.0, "1.0 is not text"),
        ("title", "", "it is empty"),
        ("title", "x" * 50, "its 50 characters are more than 40"),
        ("keywords", ["a"] * 13, "its 13 entries are more than 12"),
        ("keywords", "mirror", '"mirror" is not a list. Expected words to find it by'),
        ("kind", "source", '"source" is not one of the choices'),
        ("resources", 5, "5 is not names with values"),
        ("resources.cpus", 1e9, "is more than 64. Expected processors"),
        ("resources.pids", 1, "1 is less than 8"),
        ("resources.memory_mib", 1.5, "1.5 is not a whole number"),
        ("runtime.ready_seconds", None, "an empty value is not a whole number"),
        ("inputs.video.required", "yes", '"yes" is not true or false'),
        ("parameters.quality.minimum", "low", '"low" is not a number'),
        ("parameters.quality.default", {"a": 1}, "names with values is not true or false, a number or text"),
        ("parameters.quality.title", ..., "it is missing. Add it: what people read"),
        ("parameters.quality.title", ..., "for example `title: Strength`"),
    ],
)
def test_each_kind_of_fault_says_what_is_there_and_what_should_be(path: str, value: object, words: str) -> None:
    assert words in refused(changed(path, value))[path]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda each: getattr(each, "__name__", each))
def test_the_example_of_each_key_is_right(model: type[BaseModel], name: str) -> None:
    field = model.model_fields[name]

    document = yaml.safe_load(example_of(model, name))

    assert list(document) == [name]
    annotation: Any = Annotated[field.annotation, field]
    TypeAdapter(annotation).validate_json(json.dumps(document[name]))


PLACES = [
    *a_sink(),
    *("keywords", "icon", "category", "contract", "permissions", "endpoint", "resources", "runtime", "outputs"),
    *(f"inputs.video{key}" for key in ("", ".type", ".formats", ".formats_when", ".required", ".multiple", ".join")),
    *(f"parameters.quality{key}" for key in ("", *(f".{name}" for name in Parameter.model_fields))),
    *("permissions.network", "permissions.artifact_mib", "resources.cpus", "resources.pids", "runtime.stop_seconds"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "q", "Q q", "1.0", "q" * 500, "video", "h264"]),
    lambda inner: st.lists(inner, max_size=14) | st.dictionaries(st.sampled_from(["q", "Q q", "type"]), inner),
    max_leaves=8,
)  # fmt: skip


@given(st.sampled_from(PLACES), VALUES)
def test_no_fault_is_told_in_the_words_of_a_library(path: str, value: object) -> None:
    try:
        Manifest.from_document(changed(path, value))
    except ManifestInvalid as error:
        for problem in error.problems:
            assert problem.remedy
            assert not {word.strip(".,'\"") for word in problem.message.lower().split()}.intersection(OF_PYDANTIC)
