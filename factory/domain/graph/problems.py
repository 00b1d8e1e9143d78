"""What can be wrong with a pipeline, each with the place and the remedy."""

import dataclasses
import enum


class Code(enum.StrEnum):
    """One word a rule; the browser's twin uses the same."""

    EMPTY = "empty"
    """There are no nodes."""
    TOO_LARGE = "too_large"
    """More nodes, wires or parameters than a pipeline may have."""
    BAD_NAME = "bad_name"
    """A name that cannot be a name."""
    UNKNOWN_NODE = "unknown_node"
    """A wire or a position names a node that is not there."""
    DUPLICATE_WIRE = "duplicate_wire"
    """The same two ports are joined twice."""
    CIRCLE = "circle"
    """Media would flow back to where it came from."""
    UNKNOWN_COMPONENT = "unknown_component"
    """No such component, or no such version of it."""
    UNKNOWN_PARAMETER = "unknown_parameter"
    """The component has no such parameter."""
    BAD_PARAMETER = "bad_parameter"
    """A value that the parameter cannot have, or none where one is needed."""
    UNKNOWN_SECRET = "unknown_secret"
    """The team has no secret of this name."""
    UNKNOWN_PORT = "unknown_port"
    """The component has no such port."""
    WRONG_DIRECTION = "wrong_direction"
    """A wire begins at an input or ends at an output."""
    TYPE_MISMATCH = "type_mismatch"
    """The two ports carry different media types."""
    NO_SHARED_FORMAT = "no_shared_format"
    """There is no format in which media could pass."""
    OCCUPIED_INPUT = "occupied_input"
    """Several wires end at an input that takes one."""
    MISSING_INPUT = "missing_input"
    """Nothing is connected to an input that must have something."""
    UNCONNECTED = "unconnected"
    """Nothing is connected to any of a node's inputs."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with a pipeline.

    Attributes:
        code: which rule.
        node: where; empty for the pipeline as a whole.
        port: where on the node; empty where it is about no port.
        message: what is wrong.
        remedy: what to do about it.
        parameter: which, where it is about one.
        wire: its id, where it is about one.
    """

    code: Code
    node: str
    port: str
    message: str
    remedy: str
    parameter: str = ""
    wire: str = ""

    def __str__(self) -> str:
        place = f"{self.node}.{self.port}" if self.port else self.node
        return f"{place}: {self.message} {self.remedy}" if place else f"{self.message} {self.remedy}"
