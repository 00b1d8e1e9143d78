"""The example pipelines that come with the product, to start from."""

import dataclasses
import functools
from pathlib import Path

from django.conf import settings

from factory.domain.graph.document import parse

_MOST_EXAMPLES = 50


@dataclasses.dataclass(frozen=True)
class Example:
    """A pipeline file of the product's; `nodes` is how many it has."""

    slug: str
    name: str
    description: str
    nodes: int
    text: str


def read_examples(folder: Path) -> tuple[Example, ...]:
    """Those of the folder, by their file's name.

    Raises:
        PipelineFileInvalid: one of them is broken.
    """
    return tuple(_read(file) for file in sorted(folder.glob("*.yaml"))[:_MOST_EXAMPLES])


@functools.cache
def shipped_examples() -> tuple[Example, ...]:
    """Those of this installation, read once."""
    return read_examples(Path(settings.BASE_DIR) / "examples")


def _read(file: Path) -> Example:
    text = file.read_text()
    graph = parse(text)
    return Example(file.stem, graph.name, graph.description, len(graph.nodes), text)
