"""The rule of secrets: a pipeline names them and never holds them. The browser has a twin of this."""

import re
from collections.abc import Iterator, Mapping, Set

from components.contract.manifest import Manifest
from components.contract.parameters import Parameter, Refusal, shown
from factory.domain.graph.graph import Graph
from factory.domain.graph.problems import Code, Problem

SECRET_PREFIX = "secret:"
SECRET_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_REMEDY = "store it as a secret of the team and choose it here"
_CHOOSE = "choose one that there is, or have an admin of the team store it under Team, Secrets"


def name_in(value: object) -> str | None:
    """The name of the secret that a value refers to, such as `stream_key` of `secret:stream_key`; else None."""
    if not isinstance(value, str) or not value.startswith(SECRET_PREFIX):
        return None
    name = value.removeprefix(SECRET_PREFIX)
    return name if SECRET_NAME.fullmatch(name) else None


def refuse_value(declared: Parameter, value: object) -> Refusal | None:
    """Why a pipeline may not hold this value of a secret parameter; the value itself is never repeated."""
    is_default = isinstance(value, str) and value == declared.default
    if is_default or name_in(value) is not None:
        return None
    return Refusal("a secret's value may not stand in a pipeline", _REMEDY)


def check_secrets(graph: Graph, manifests: Mapping[str, Manifest]) -> Iterator[Problem]:
    """Every value that stands where only the name of a secret may; such a graph must not be kept."""
    for node, parameter, declared, value in _secret_parameters(graph, manifests):
        refusal = refuse_value(declared, value)
        if refusal is not None:
            message, remedy = f"{parameter}: {refusal.message}.", f"For {parameter} {refusal.remedy}."
            yield Problem(Code.BAD_PARAMETER, node, "", message, remedy, parameter=parameter)


def check_known(graph: Graph, manifests: Mapping[str, Manifest], names: Set[str]) -> Iterator[Problem]:
    """References to secrets that the team does not have; `names` are those that it has."""
    for node, parameter, _declared, value in _secret_parameters(graph, manifests):
        name = name_in(value)
        if name is not None and name not in names:
            message = f"{parameter}: the team has no secret {shown(name)}."
            remedy = f"For {parameter} {_CHOOSE}."
            yield Problem(Code.UNKNOWN_SECRET, node, "", message, remedy, parameter=parameter)


def references_of(graph: Graph, manifests: Mapping[str, Manifest]) -> set[str]:
    """The names of all secrets that the graph refers to."""
    found = (name_in(value) for _node, _parameter, _declared, value in _secret_parameters(graph, manifests))
    return {name for name in found if name is not None}


def secret_names(manifest: Manifest, parameters: Mapping[str, object]) -> dict[str, str]:
    """Parameter to the name of the secret whose value an instance has to be given."""
    declared = manifest.parameters.items()
    found = {key: name_in(parameters.get(key)) for key, each in declared if each.secret}
    return {key: name for key, name in found.items() if name is not None}


def _secret_parameters(graph: Graph, manifests: Mapping[str, Manifest]) -> Iterator[tuple[str, str, Parameter, object]]:
    for node, placed in graph.nodes.items():
        manifest = manifests.get(placed.component)
        for name, value in placed.parameters.items() if manifest is not None else ():
            declared = manifest.parameters.get(name) if manifest is not None else None
            if declared is not None and declared.secret:
                yield node, name, declared, value
