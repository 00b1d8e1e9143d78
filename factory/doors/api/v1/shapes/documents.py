"""A pipeline as a document: what `pipeline.yaml` says, in JSON."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainValidator

from components.contract.parameters import Value
from factory.domain.graph.document import to_value
from factory.domain.graph.graph import Graph
from factory.doors.api.v1.shapes.problems import Problem


class DocumentNode(BaseModel):
    """A placed component; parameters that are not there have their defaults."""

    component: Annotated[str, Field(description="its reference, such as overlay@1.0.0")]
    parameters: dict[str, Value] = Field(default_factory=dict)


class Place(BaseModel):
    """Where a node stands on the canvas, in pixels at full size."""

    x: float
    y: float


class Document(BaseModel):
    """A pipeline: nodes by name, wires as `camera.video -> file.video`, and where the nodes stand."""

    api_version: Literal[1]
    name: str
    description: str = Field(default_factory=str)
    nodes: dict[str, DocumentNode]
    wires: list[str] = Field(default_factory=list)
    layout: dict[str, Place] = Field(default_factory=dict)


def _keep(value: Any) -> Any:
    return value


GivenDocument = Annotated[Any, PlainValidator(_keep, json_schema_input_type=Document)]
"""One that is sent; the one reader of documents says more of what is wrong with it than a shape could."""


class Parsed(BaseModel):
    """A document that was read, and what keeps it from running."""

    document: Document
    problems: list[Problem]


def document_of(graph: Graph) -> Document:
    """The document of a graph."""
    return Document.model_validate(to_value(graph))
