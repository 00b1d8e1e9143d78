"""`component.yaml`: what a component is, takes, gives, can be set to and may do."""

import enum
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError

from components.contract.manifest_errors import problems_of
from components.contract.manifest_rules import ManifestProblem, check_rules
from components.contract.media_types import Format, MediaType
from components.contract.nearest import advise
from components.contract.parameters import PARAMETER_NAME, Closed, Parameter, Value, shown
from components.contract.strict_yaml import YamlDocument, YamlInvalid, read_yaml

MANIFEST_FILE = "component.yaml"
MAX_MANIFEST_BYTES = 256 * 1024

_NAME = r"^[a-z][a-z0-9_]{0,39}$"
_VERSION = r"^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})(-[0-9a-z]+(\.[0-9a-z]+)*)?$"

Name = Annotated[str, Field(pattern=_NAME, description="lowercase letters, digits and _, a letter first, at most 40")]
Formats = Annotated[tuple[Format, ...], Field(min_length=1, description="formats of the port's type, preferred first")]


class ManifestInvalid(Exception):
    """A manifest is not as the contract asks; `problems` has all of them, each with path and remedy."""

    def __init__(self, where: str, problems: tuple[ManifestProblem, ...]) -> None:
        super().__init__("\n".join(f"{where}: {problem}" for problem in problems))
        self.where = where
        self.problems = problems


class FormatsWhen(Closed):
    """Other formats while a parameter has a value; none at all closes the port."""

    parameter: Annotated[str, Field(pattern=PARAMETER_NAME, description="the name of a parameter")]
    equals: Value
    formats: Annotated[tuple[Format, ...], Field(description="formats of the port's type, may be empty")]


class Join(enum.StrEnum):
    """How an input of encoded media starts."""

    CACHE = "cache"
    """With what came since the last keyframe, so that nothing is missed."""
    KEYFRAME = "keyframe"
    """At a keyframe that is asked for, so that nothing is late."""


class Port(Closed):
    """Where a wire can begin or end."""

    type: Annotated[MediaType, Field(description="video, audio or data")]
    formats: Formats
    formats_when: Annotated[tuple[FormatsWhen, ...], Field(max_length=16, description="exceptions to formats")] = ()

    def formats_for(self, parameters: Mapping[str, Any]) -> tuple[Format, ...]:
        """The formats in force while the parameters (defaults filled in) are these; the first case that fits counts."""
        for case in self.formats_when:
            value = parameters.get(case.parameter)
            if value == case.equals and isinstance(value, bool) == isinstance(case.equals, bool):
                return case.formats
        return self.formats


class OutputPort(Port):
    """A port that media leaves by; any number of wires may begin at it."""


class InputPort(Port):
    """A port that media comes in by."""

    required: Annotated[bool, Field(description="false if it works without")] = True
    multiple: Annotated[bool, Field(description="true if it takes several wires")] = False
    join: Annotated[Join, Field(description="cache or keyframe")] = Join.CACHE


class Kind(enum.StrEnum):
    """Where in a pipeline a component stands."""

    GATEWAY = "gateway"
    TRANSFORM = "transform"
    SINK = "sink"


class Category(enum.StrEnum):
    """What people look for a component under."""

    LIVE = "live"
    """Live media in and out: WebRTC and other protocols."""
    PICTURE = "picture"
    """Changes what is seen."""
    SOUND = "sound"
    """Changes what is heard."""
    ANALYSIS = "analysis"
    """Tells what is seen or heard, as data."""
    STORAGE = "storage"
    """Keeps what passes."""
    TESTING = "testing"
    """Makes or shows media to try a pipeline with."""


class Permissions(Closed):
    """What a component may do beside reading and writing its wires."""

    network: Annotated[Literal["none", "run"], Field(description="none or run")] = "none"
    artifact_mib: Annotated[int, Field(ge=0, le=1024 * 1024, description="the most MiB of one file; 0 for none")] = 0


class Resources(Closed):
    """What one instance may use."""

    memory_mib: Annotated[int, Field(ge=16, le=65536, description="MiB of memory, 16 to 65536")] = 256
    cpus: Annotated[float, Field(ge=0.05, le=64, description="processors, 0.05 to 64")] = 1.0
    pids: Annotated[int, Field(ge=8, le=4096, description="processes and threads, 8 to 4096")] = 64


class Runtime(Closed):
    """How long it may take to start and to end."""

    ready_seconds: Annotated[int, Field(ge=1, le=600, description="seconds until ready, 1 to 600")] = 30
    stop_seconds: Annotated[int, Field(ge=1, le=120, description="seconds to write out what it holds, 1 to 120")] = 10


class Manifest(Closed):
    """One version of one component."""

    api_version: Annotated[Literal[1], Field(description="1")]
    name: Annotated[Name, Field(description="the folder's name: lowercase letters, digits and _, a letter first")]
    version: Annotated[str, Field(pattern=_VERSION, description="MAJOR.MINOR.PATCH, as semver.org has it")]
    publisher: Name
    kind: Annotated[Kind, Field(description="gateway, transform or sink")]
    title: Annotated[str, Field(min_length=1, max_length=40, description="what people read, at most 40 characters")]
    description: Annotated[str, Field(min_length=1, max_length=300, description="one sentence")]
    icon: Annotated[str, Field(pattern=r"^[a-z0-9_-]+\.svg$", description="an SVG file in the folder")] = "icon.svg"
    license: Annotated[str, Field(min_length=1, max_length=60, description="an SPDX identifier")]
    keywords: Annotated[tuple[str, ...], Field(max_length=12, description="words to find it by, at most 12")] = ()
    category: Annotated[
        Category | None,
        Field(description="live, picture, sound, analysis, storage or testing; worked out where absent"),
    ] = None
    contract: Annotated[Literal["wires", "mpipe", "rtp"], Field(description="wires, mpipe or rtp")] = "wires"
    inputs: Annotated[dict[Name, InputPort], Field(max_length=32, description="ports by name")] = {}
    outputs: Annotated[dict[Name, OutputPort], Field(max_length=32, description="ports by name")] = {}
    parameters: Annotated[dict[Name, Parameter], Field(max_length=64, description="parameters by name")] = {}
    permissions: Permissions = Permissions()
    endpoint: Annotated[Literal["whip", "whep"] | None, Field(description="null, whip or whep")] = None
    resources: Resources = Resources()
    runtime: Runtime = Runtime()

    @classmethod
    def from_document(cls, document: object, *, where: str = MANIFEST_FILE) -> Self:
        """Check a manifest given as plain values, such as JSON or what was read from the file.

        Raises:
            ManifestInvalid: with every problem found.
        """
        return cls._from_yaml(YamlDocument(document, {}), where=where)

    @classmethod
    def _from_yaml(cls, document: YamlDocument, *, where: str) -> Self:
        problems: list[ManifestProblem] = []
        try:
            # JSON mode is strict about numbers and text, and still reads enumerations from their values.
            manifest = cls.model_validate_json(json.dumps(document.value))
        except ValidationError as error:
            problems = problems_of(error, cls)
            manifest = None
        seen = {problem.path for problem in problems}
        problems += [problem for problem in check_rules(document.value) if problem.path not in seen]
        if manifest is None or problems:
            placed = [
                ManifestProblem(problem.path, problem.message, problem.remedy, document.line_of(problem.path))
                for problem in problems
            ]
            raise ManifestInvalid(where, tuple(sorted(placed, key=lambda problem: problem.line)))
        return manifest

    @property
    def ref(self) -> str:
        """How pipelines name it: `overlay@1.0.0`."""
        return f"{self.name}@{self.version}"

    def port(self, name: str) -> InputPort | OutputPort | None:
        """The port of this name; an input where an output has the same name. See `inputs` and `outputs`."""
        return self.inputs.get(name) or self.outputs.get(name)

    def takes(self, port: str, parameters: Mapping[str, Any]) -> tuple[Format, ...]:
        """The formats that an input takes while the given parameters are set, preferred first.

        Raises:
            KeyError: no such input.
        """
        return self.inputs[port].formats_for(self.with_defaults(parameters))

    def offers(self, port: str, parameters: Mapping[str, Any]) -> tuple[Format, ...]:
        """The formats that an output offers while the given parameters are set, preferred first.

        Raises:
            KeyError: no such output.
        """
        return self.outputs[port].formats_for(self.with_defaults(parameters))

    def with_defaults(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters in the manifest's order: the given values, and defaults for the rest."""
        defaults = {
            name: declared.default for name, declared in self.parameters.items() if declared.default is not None
        }
        return defaults | dict(parameters)

    def missing_parameters(self, parameters: Mapping[str, Any]) -> list[str]:
        """The names of those that must be given and are not."""
        declared = self.parameters.items()
        return [name for name, each in declared if each.default is None and name not in parameters]

    def check_parameters(self, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Every `(name, message)` of what is unknown, not allowed or not given; the message says what to do."""
        found = []
        for name, value in parameters.items():
            declared = self.parameters.get(name)
            if declared is None:
                found.append((name, f"{self.ref} has no parameter {shown(name)}. {advise(name, self.parameters)}"))
            elif (refusal := declared.problem_of(value)) is not None:
                found.append((name, str(refusal)))
        for name in self.missing_parameters(parameters):
            found.append((name, "it has no value and no default; give one"))
        return found


def load_manifest(folder: Path) -> Manifest:
    """Read and check the `component.yaml` of a component's folder.

    Raises:
        ManifestInvalid: with every problem found, or that the file cannot be read.
    """
    file = folder / MANIFEST_FILE
    where = str(file)
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(MAX_MANIFEST_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        problem = ManifestProblem((), f"it cannot be read: {error}", f"Put a {MANIFEST_FILE} there, in UTF-8.")
        raise ManifestInvalid(where, (problem,)) from None
    document = _read_document(text, where)
    manifest = Manifest._from_yaml(document, where=where)
    if manifest.name != folder.name:
        remedy = f"Rename the folder to {manifest.name}, or the component to {folder.name}."
        problem = ManifestProblem(
            ("name",), f"{manifest.name} is not the folder's name", remedy, document.line_of(("name",))
        )
        raise ManifestInvalid(where, (problem,))
    return manifest


def read_manifest(text: str, *, where: str = MANIFEST_FILE) -> Manifest:
    """Read and check a manifest as text, wherever it lay.

    Raises:
        ManifestInvalid: with every problem found.
    """
    return Manifest._from_yaml(_read_document(text, where), where=where)


def _read_document(text: str, where: str) -> YamlDocument:
    try:
        return read_yaml(text, max_bytes=MAX_MANIFEST_BYTES)
    except YamlInvalid as error:
        problem = ManifestProblem((), error.message, "Mend the file.", error.line)
        raise ManifestInvalid(where, (problem,)) from None
