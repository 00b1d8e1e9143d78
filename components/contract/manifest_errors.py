"""Says in people's words what pydantic found in a manifest, with a remedy and a good line for each."""

import typing
from collections import defaultdict
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from components.contract.manifest_examples import example_of
from components.contract.manifest_rules import ManifestProblem, Path
from components.contract.nearest import advise
from components.contract.parameters import shown

_KEY = "[key]"
"""Pydantic's mark in a location: the key of a dictionary is wrong, not its value."""
_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a size that computers count with",
    "float_type": "a number",
    "finite_number": "a number with an end",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "names with values",
    "model_type": "names with values",
    "model_attributes_type": "names with values",
}
"""What was expected, by what pydantic calls the problem."""


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[ManifestProblem]:
    """Every problem in an error that `model` raised; one a place, in the order of the model's fields."""
    found: dict[Path, list[tuple[dict[str, Any], type[BaseModel], FieldInfo | None]]] = defaultdict(list)
    for entry in error.errors(include_url=False):
        if entry["loc"] and entry["loc"][-1] == _KEY:
            found[entry["loc"][:-1]].append(({**entry, "type": _KEY}, model, None))
            continue
        parent, field, path = _walk(model, entry["loc"])
        found[path].append((dict(entry), parent, field))
    return [_problem(path, entries) for path, entries in found.items()]


def _problem(path: Path, entries: list[tuple[dict[str, Any], type[BaseModel], FieldInfo | None]]) -> ManifestProblem:
    """Several are of one place where it takes one of several types: each of them says why it is not that one."""
    entry, parent, field = entries[0]
    kind = entry["type"]
    if kind == _KEY:
        remedy = "Use lowercase letters, digits and _, a letter first, for example `video_2`."
        return ManifestProblem(path, f"{path[-1]} cannot be a name", remedy)
    if kind == "extra_forbidden":
        return ManifestProblem(path, f"{path[-1]} is not a known key", advise(str(path[-1]), parent.model_fields))
    expected = _expected(parent, field, path)
    if kind == "missing":
        return ManifestProblem(path, "it is missing", f"Add it: {expected}.")
    wanted = [_TYPES[each["type"]] for each, _, _ in entries if each["type"] in _TYPES]
    message = _say_type(wanted, entry["input"]) if wanted else _say_value(kind, entry.get("ctx", {}), entry["input"])
    return ManifestProblem(path, message, f"Expected {expected}.")


def _say_type(wanted: list[str], value: object) -> str:
    """That it is of another type. A place that takes whole numbers and others takes numbers."""
    several = [each for each in dict.fromkeys(wanted) if each != "a whole number" or "a number" not in wanted]
    return f"{_what(value)} is not {', '.join(several[:-1])}{' or ' if several[:-1] else ''}{several[-1]}"


def _say_value(kind: str, limits: dict[str, Any], value: Any) -> str:
    """That it is of the right type and yet cannot be."""
    if kind in ("enum", "literal_error"):
        return f"{_what(value)} is not one of the choices"
    if kind == "string_pattern_mismatch":
        return f"{_what(value)} is not written as it must be"
    if kind in ("string_too_short", "too_short"):
        return "it is empty"
    if kind == "string_too_long":
        return f"its {len(value)} characters are more than {limits['max_length']}"
    if kind == "too_long":
        return f"its {len(value)} entries are more than {limits['max_length']}"
    if kind == "greater_than_equal":
        return f"{_what(value)} is less than {_plain(limits['ge'])}"
    if kind == "less_than_equal":
        return f"{_what(value)} is more than {_plain(limits['le'])}"
    return f"{_what(value)} cannot be here"


def _what(value: object) -> str:
    if value is None:
        return "an empty value"
    if isinstance(value, dict):
        return "names with values" if value else "{}"
    return "a list" if isinstance(value, (list, tuple)) else shown(value)


def _plain(bound: float) -> str:
    return str(int(bound) if bound == int(bound) else bound)


def _expected(parent: type[BaseModel], field: FieldInfo | None, path: Path) -> str:
    """What should be there, in words where the contract has some, and a line that is right."""
    names = [part for part in path if isinstance(part, str) and part in parent.model_fields]
    example = example_of(parent, names[-1] if names else "name")
    shape = f"for example `{example}`"
    if field is not None and field.description:
        return f"{field.description}, {shape}"
    return f"names with values, {shape}" if field is None or _model_in(field.annotation) else f"a value, {shape}"


def _walk(model: type[BaseModel], path: Path) -> tuple[type[BaseModel], FieldInfo | None, Path]:
    """Follow a location: the innermost model, its field, and the path without pydantic's own parts (union members)."""
    annotation: Any = model
    field: FieldInfo | None = None
    for index, part in enumerate(path):
        inner = _model_in(annotation)
        if inner is None:
            positions = tuple(step for step in path[index:] if isinstance(step, int))
            return model, field, (*path[:index], *positions)
        if typing.get_origin(annotation) in (dict, tuple):
            annotation = inner
        else:
            model, field = inner, inner.model_fields.get(str(part))
            annotation = field.annotation if field is not None else None
    return model, field, path


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in `Model`, `Model | None`, `dict[..., Model]` or `tuple[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _model_in(part))), None)
