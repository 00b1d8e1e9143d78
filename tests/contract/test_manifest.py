import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.contract.manifest import Manifest, ManifestInvalid, load_manifest
from components.contract.media_types import Format

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(file.parent for file in (ROOT / "components").glob("*s/*/component.yaml"))

Document = dict[str, Any]


def a_sink() -> Document:
    return {
        "api_version": 1,
        "name": "keeper",
        "version": "1.2.3",
        "publisher": "alice",
        "kind": "sink",
        "title": "Keeper",
        "description": "Keeps what comes.",
        "license": "Apache-2.0",
        "inputs": {
            "video": {
                "type": "video",
                "formats": ["h264"],
                "formats_when": [{"parameter": "container", "equals": "webm", "formats": ["vp8"]}],
                "required": False,
            },
            "audio": {"type": "audio", "formats": ["opus"]},
        },
        "parameters": {
            "container": {"type": "string", "default": "mp4", "enum": ["mp4", "webm"], "title": "Container"},
            "quality": {"type": "integer", "default": 5, "minimum": 1, "maximum": 9, "title": "Quality"},
            "address": {"type": "string", "max_length": 80, "title": "Address"},
        },
    }


def changed(path: str, value: object) -> Document:
    """A sink whose value at a dotted path is another one; `...` removes it."""
    document = json.loads(json.dumps(a_sink()))
    *above, last = path.split(".")
    place = document
    for key in above:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return dict(document)


def refused(document: object) -> dict[str, str]:
    """What is said of each path."""
    with pytest.raises(ManifestInvalid) as caught:
        Manifest.from_document(document)
    return {".".join(map(str, p.path)): f"{p.message}. {p.remedy}" for p in caught.value.problems}


def test_a_good_manifest_fills_in_what_was_left_out() -> None:
    manifest = Manifest.from_document(a_sink())

    assert manifest.ref == "keeper@1.2.3"
    assert manifest.permissions.network == "none"
    assert manifest.resources.memory_mib == 256
    assert manifest.inputs["audio"].required is True
    assert manifest.inputs["audio"].multiple is False
    assert Manifest.from_document(json.loads(manifest.model_dump_json())) == manifest


@pytest.mark.parametrize(
    ("path", "value", "at", "words"),
    [
        ("colour", "red", "colour", "not a known key"),
        ("lisence", "MIT", "lisence", "Did you mean license?"),
        ("inputs.video.format", ["h264"], "inputs.video.format", "Did you mean formats?"),
        ("parameters.quality.minium", 1, "parameters.quality.minium", "Did you mean minimum?"),
        ("permissions.networks", "run", "permissions.networks", "Did you mean network?"),
        ("title", ..., "title", "missing. Add it"),
        ("api_version", 2, "api_version", "Expected 1"),
        ("name", "Keeper", "name", "lowercase"),
        ("version", "1.0", "version", "MAJOR.MINOR.PATCH"),
        ("version", "01.0.0", "version", "MAJOR.MINOR.PATCH"),
        ("kind", "source", "kind", "gateway, transform or sink"),
        ("contract", "grpc", "contract", "wires, mpipe or rtp"),
        ("inputs.video.type", "vido", "inputs.video.type", "video, audio or data"),
        ("inputs.video.formats", [], "inputs.video.formats", "formats of the port's type"),
        ("inputs.video.formats", ["h265"], "inputs.video.formats.0", "preferred first"),
        ("inputs.video.formats", ["h264", "opus"], "inputs.video.formats", "opus is audio"),
        ("inputs.video.formats", ["h264", "h264"], "inputs.video.formats", "twice"),
        ("inputs.video.formats_when.0.parameter", "containr", "inputs.video.formats_when.0.parameter", "container?"),
        ("inputs.video.formats_when.0.equals", "mkv", "inputs.video.formats_when.0.equals", '"mp4", "webm"'),
        ("inputs.video.formats_when.0.formats", ["opus"], "inputs.video.formats_when.0.formats", "opus is audio"),
        ("inputs.Video", {"type": "video", "formats": ["i420"]}, "inputs.Video", "cannot be a name"),
        ("outputs", {"video": {"type": "video", "formats": ["i420"]}}, "outputs", "a sink has outputs"),
        ("outputs", {"v": {"type": "video", "formats": ["i420"], "required": True}}, "outputs.v.required", "known key"),
        ("inputs", {}, "inputs", "a sink takes nothing"),
        ("endpoint", "whep", "endpoint", "a sink has a public address"),
        ("resources.memory_mib", "256", "resources.memory_mib", "16 to 65536"),
        ("resources.memory_mib", 1, "resources.memory_mib", "16 to 65536"),
        ("parameters.quality.default", 0, "parameters.quality.default", "from 1 to 9"),
        ("parameters.quality.default", "5", "parameters.quality.default", "whole number"),
        ("parameters.quality.default", [5], "parameters.quality.default", "a value of the type"),
        ("parameters.container.default", "mkv", "parameters.container.default", "mp4"),
        ("parameters.container.enum", ["mp4", 5], "parameters.container.enum.1", "not text"),
        ("parameters.quality.minimum", 10, "parameters.quality.minimum", "above the maximum"),
        ("parameters.quality.max_length", 10, "parameters.quality.max_length", "only a string"),
        ("parameters.address.minimum", 1, "parameters.address.minimum", "has no minimum"),
        ("parameters.address.max_length", ..., "parameters.address.max_length", "without a bound"),
        ("parameters.quality.secret", True, "parameters.quality.secret", "a secret is text"),
        (
            "parameters.quality.visible_if",
            {"parameter": "no", "equals": 1},
            "parameters.quality.visible_if.parameter",
            "no",
        ),
        (
            "parameters.quality.visible_if",
            {"parameter": "quality", "equals": 1},
            "parameters.quality.visible_if.parameter",
            "itself",
        ),
    ],
)
def test_each_fault_is_told_with_its_place_and_remedy(path: str, value: object, at: str, words: str) -> None:
    said = refused(changed(path, value))

    assert words in said[at], said
    assert len(said) <= 2


@pytest.mark.parametrize("document", [None, [], "text", 7, {}])
def test_what_is_no_manifest_at_all_is_refused(document: object) -> None:
    assert refused(document)


def test_all_faults_show_at_once_whatever_their_kind() -> None:
    document = changed("lisence", "MIT")
    document["version"] = "one"
    document["kind"] = "transform"
    document["inputs"]["video"]["formats"] = ["opus"]
    document["parameters"]["quality"]["default"] = 12

    said = refused(document)

    assert set(said) == {"lisence", "version", "outputs", "inputs.video.formats", "parameters.quality.default"}


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs", "endpoint", "at"),
    [
        ("gateway", False, False, None, "outputs"),
        ("transform", False, True, None, "inputs"),
        ("transform", True, False, None, "outputs"),
        ("gateway", True, False, "whip", "endpoint"),
        ("gateway", False, True, "whep", "endpoint"),
        ("transform", True, True, "whip", "endpoint"),
        ("gateway", False, True, "whip", None),
        ("gateway", True, False, "whep", None),
        ("transform", True, True, None, None),
    ],
)
def test_a_kind_has_the_ports_that_it_must_have(
    kind: str, inputs: bool, outputs: bool, endpoint: str | None, at: str | None
) -> None:
    port = {"video": {"type": "video", "formats": ["i420"]}}
    document = a_sink() | {"kind": kind, "endpoint": endpoint, "parameters": {}}
    document |= {"inputs": port if inputs else {}, "outputs": port if outputs else {}}

    if at is None:
        assert Manifest.from_document(document).kind == kind
    else:
        assert at in refused(document)


def test_formats_depend_on_parameters_and_on_their_defaults() -> None:
    manifest = Manifest.from_document(a_sink())

    assert manifest.takes("video", {}) == (Format.H264,)
    assert manifest.takes("video", {"container": "webm"}) == (Format.VP8,)
    with pytest.raises(KeyError):
        manifest.takes("sound", {})


def test_parameters_are_checked_by_name_value_and_presence() -> None:
    manifest = Manifest.from_document(a_sink())

    assert manifest.check_parameters({"address": "there", "quality": 9}) == []
    found = dict(manifest.check_parameters({"qualty": 1, "quality": True, "container": "mkv"}))
    assert set(found) == {"qualty", "quality", "container", "address"}
    assert "Did you mean quality?" in found["qualty"]
    assert "give one" in found["address"]
    assert manifest.with_defaults({"quality": 9}) == {"container": "mp4", "quality": 9}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.name))
def test_the_components_of_the_house_are_as_the_contract_asks(folder: Path) -> None:
    manifest = load_manifest(folder)

    assert manifest.name == folder.name
    assert folder.parent.name == f"{manifest.kind}s"
    assert manifest.check_parameters({}) == []
    assert all(parameter.help for parameter in manifest.parameters.values())


def test_a_folder_of_another_name_is_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "component.yaml").write_text(yaml.safe_dump(a_sink(), sort_keys=False))

    with pytest.raises(ManifestInvalid, match=r"line 2: name: keeper is not the folder's name. Rename the folder"):
        load_manifest(tmp_path / "other")


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "cannot be read"), ("a: [", "not YAML"), ("a: 1\na: 2\n", "line 2: the file: a stands here twice")],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "component.yaml").write_text(text)

    with pytest.raises(ManifestInvalid, match=words):
        load_manifest(tmp_path)


def test_problems_in_a_file_have_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "keeper"
    folder.mkdir()
    text = yaml.safe_dump(a_sink(), sort_keys=False).replace("default: 5", "default: 50").replace("sink", "sinc")
    (folder / "component.yaml").write_text(text)
    lines = text.splitlines()

    with pytest.raises(ManifestInvalid) as caught:
        load_manifest(folder)

    assert [lines[problem.line - 1].strip() for problem in caught.value.problems] == ["kind: sinc", "default: 50"]


def test_a_port_is_found_by_its_name() -> None:
    manifest = load_manifest(ROOT / "components" / "gateways" / "test_source")

    assert manifest.port("video") is manifest.outputs["video"]
    assert manifest.port("nothing") is None
    assert manifest.offers("audio", {}) == (Format.S16,)
