"""Says in people's words what pydantic found in a manifest, with a remedy for each."""

import typing
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from components.contract.manifest_rules import ManifestProblem, Path
from components.contract.nearest import advise

_KEY = "[key]"
"""Pydantic's mark in a location: the key of a dictionary is wrong, not its value."""


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[ManifestProblem]:
    """Every problem in an error that `model` raised; one a place, in the order of the model's fields."""
    found: dict[Path, ManifestProblem] = {}
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        path = entry["loc"]
        problem = _problem(model, path, entry["type"], entry["msg"])
        found.setdefault(problem.path, problem)
    return list(found.values())


def _problem(model: type[BaseModel], path: Path, kind: str, message: str) -> ManifestProblem:
    if path and path[-1] == _KEY:
        path = path[:-1]
        return ManifestProblem(
            path, f"{path[-1]} cannot be a name", "Use lowercase letters, digits and _, a letter first."
        )
    parent, field, path = _walk(model, path)
    if kind == "extra_forbidden":
        return ManifestProblem(path, f"{path[-1]} is not a known key", advise(str(path[-1]), parent.model_fields))
    expected = field.description if field is not None and field.description else "what the contract describes"
    if kind == "missing":
        return ManifestProblem(path, "it is missing", f"Add it: {expected}.")
    if kind == "string_pattern_mismatch":
        return ManifestProblem(path, "it is not written as it must be", f"Expected {expected}.")
    return ManifestProblem(path, message[:1].lower() + message[1:], f"Expected {expected}.")


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
