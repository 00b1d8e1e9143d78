"""What one part of a manifest asks of another; works on raw documents, so that all problems show at once."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.contract.nearest import advise
from components.contract.parameters import Parameter

Path = tuple[str | int, ...]
Raw = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class ManifestProblem:
    """One thing that is wrong with a manifest.

    Attributes:
        path: where, such as `("parameters", "text", "default")`.
        message: what is wrong.
        remedy: what to do about it.
        line: of the file, 0 where unknown.
    """

    path: Path
    message: str
    remedy: str
    line: int = 0

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path) or "the file"
        return f"{f'line {self.line}: ' if self.line else ''}{where}: {self.message}. {self.remedy}"


def check_rules(document: object) -> Iterator[ManifestProblem]:
    """Every problem between parts of a raw manifest; what is malformed is passed over, its own check reports it."""
    manifest = _mapping(document)
    yield from _check_kind(manifest)
    parameters = _mapping(manifest.get("parameters"))
    for direction in ("inputs", "outputs"):
        for name, port in _mapping(manifest.get(direction)).items():
            yield from _check_port((direction, name), _mapping(port), parameters)
    for name, parameter in parameters.items():
        yield from _check_parameter(("parameters", name), _mapping(parameter), parameters)


def _check_kind(manifest: Raw) -> Iterator[ManifestProblem]:
    kind = manifest.get("kind")
    inputs, outputs = (bool(manifest.get(direction)) for direction in ("inputs", "outputs"))
    if kind == "gateway" and not inputs and not outputs:
        yield ManifestProblem(("outputs",), "a gateway has no port", "Give it an output, or an input.")
    if kind in ("transform", "sink") and not inputs:
        yield ManifestProblem(("inputs",), f"a {kind} takes nothing", "Give it an input.")
    if kind == "transform" and not outputs:
        yield ManifestProblem(("outputs",), "a transform gives nothing", "Give it an output, or make it a sink.")
    if kind == "sink" and outputs:
        yield ManifestProblem(("outputs",), "a sink has outputs", "Remove them, or make it a transform.")
    endpoint = manifest.get("endpoint")
    if endpoint is None:
        return
    if kind != "gateway":
        yield ManifestProblem(("endpoint",), f"a {kind} has a public address", "Remove it, or make it a gateway.")
    if endpoint == "whip" and not outputs:
        yield ManifestProblem(("endpoint",), "whip brings media in, and there is no output", "Give it an output.")
    if endpoint == "whep" and not inputs:
        yield ManifestProblem(("endpoint",), "whep sends media out, and there is no input", "Give it an input.")


def _check_port(path: Path, port: Raw, parameters: Raw) -> Iterator[ManifestProblem]:
    media_type = port.get("type")
    yield from _check_formats((*path, "formats"), port.get("formats"), media_type)
    for index, case in enumerate(_list(port.get("formats_when"))):
        at: Path = (*path, "formats_when", index)
        yield from _check_formats((*at, "formats"), _mapping(case).get("formats"), media_type)
        yield from _check_condition(at, _mapping(case), parameters)


def _check_formats(path: Path, formats: object, media_type: object) -> Iterator[ManifestProblem]:
    seen: set[str] = set()
    for fmt in _list(formats):
        if not isinstance(fmt, str) or fmt not in list(Format):
            continue
        of_type = MEDIA_TYPE[Format(fmt)].value
        if media_type in list(MediaType) and of_type != media_type:
            right = ", ".join(known.value for known, kind in MEDIA_TYPE.items() if kind.value == media_type)
            yield ManifestProblem(path, f"{fmt} is {of_type}, the port is {media_type}", f"Use some of: {right}.")
        if fmt in seen:
            yield ManifestProblem(path, f"{fmt} stands here twice", "Remove one of the two.")
        seen.add(fmt)


def _check_parameter(path: Path, declared: Raw, parameters: Raw) -> Iterator[ManifestProblem]:
    kind = declared.get("type")
    for bound in ("minimum", "maximum"):
        if declared.get(bound) is not None and kind in ("string", "boolean"):
            yield ManifestProblem((*path, bound), f"a {kind} has no {bound}", "Remove it.")
    for key, only in (("max_length", "string"), ("format", "string"), ("multiple_of", "integer")):
        if declared.get(key) is not None and kind in ("string", "boolean", "integer", "number") and kind != only:
            yield ManifestProblem((*path, key), f"only a {only} can have it", "Remove it.")
    low, high = declared.get("minimum"), declared.get("maximum")
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
        yield ManifestProblem((*path, "minimum"), f"{low} is above the maximum {high}", "Swap them.")
    if kind == "string" and not declared.get("enum") and not declared.get("max_length"):
        yield ManifestProblem((*path, "max_length"), "a text without a bound", "Give max_length, or an enum.")
    yield from _check_values(path, declared)
    if declared.get("secret") and (kind != "string" or declared.get("default")):
        yield ManifestProblem((*path, "secret"), "a secret is text without a default", "Make it so.")
    if declared.get("visible_if") is not None:
        yield from _check_condition((*path, "visible_if"), _mapping(declared["visible_if"]), parameters)


def _check_condition(path: Path, condition: Raw, parameters: Raw) -> Iterator[ManifestProblem]:
    name = condition.get("parameter")
    if not isinstance(name, str):
        return
    if name not in parameters:
        yield ManifestProblem((*path, "parameter"), f"there is no parameter {name}", advise(name, parameters))
        return
    if len(path) > 1 and path[:2] == ("parameters", name):
        yield ManifestProblem((*path, "parameter"), "it refers to itself", "Name another parameter.")
    referred = _declared(_mapping(parameters[name]))
    problem = referred.problem_of(condition["equals"]) if referred and "equals" in condition else None
    if problem is not None:
        yield ManifestProblem(
            (*path, "equals"), f"{name} never has this value: {problem.message}", f"{problem.remedy}."
        )


def _check_values(path: Path, declared: Raw) -> Iterator[ManifestProblem]:
    parameter = _declared(declared)
    if parameter is None:
        return
    of_type = Parameter.of(type=parameter.type, title="choice")
    for index, choice in enumerate(_list(declared.get("enum"))):
        problem = of_type.problem_of(choice)
        if problem is not None:
            yield ManifestProblem((*path, "enum", index), problem.message, f"Every choice is a {parameter.type}.")
    default = declared.get("default")
    problem = None if default is None else parameter.problem_of(default)
    if problem is not None:
        yield ManifestProblem((*path, "default"), problem.message, f"As default {problem.remedy}.")


def _declared(declared: Raw) -> Parameter | None:
    """The parameter as far as it decides about values, or None where that part is itself malformed."""
    deciding = ("type", "minimum", "maximum", "multiple_of", "max_length", "enum", "format")
    try:
        return Parameter.of(title="declared", **{key: declared[key] for key in deciding if key in declared})
    except ValidationError:
        return None


def _mapping(value: object) -> Raw:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
