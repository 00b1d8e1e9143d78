"""What can be wrong: with a pipeline, a file, a parameter, a request."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from factory.domain.graph import problems
from factory.domain.graph.document import FileProblem as UnreadableLine


class Problem(BaseModel):
    """One thing wrong with a pipeline, with its place and what to do about it."""

    code: problems.Code
    node: str
    port: str
    parameter: str
    wire: str
    message: str
    remedy: str

    @classmethod
    def of(cls, problem: problems.Problem) -> Self:
        """As the rules found it."""
        return cls(
            code=problem.code,
            node=problem.node,
            port=problem.port,
            parameter=problem.parameter,
            wire=problem.wire,
            message=problem.message,
            remedy=problem.remedy,
        )


class FileProblem(BaseModel):
    """One thing in a document that cannot be read; `line` counts from 1, 0 where unknown."""

    line: int
    message: str

    @classmethod
    def of(cls, problem: UnreadableLine) -> Self:
        """As the reader found it."""
        return cls(line=problem.line, message=problem.message)


class ParameterProblem(BaseModel):
    """Why a parameter cannot have a value."""

    parameter: str
    message: str


class RequestProblem(BaseModel):
    """What in a request is not as it must be."""

    place: str
    message: str


class ProblemDetails(BaseModel):
    """Why there is no other answer (RFC 9457)."""

    type: Annotated[str, Field(description="a URI of the code")]
    title: Annotated[str, Field(description="a sentence for people that says what to do")]
    status: int
    code: Annotated[str, Field(description="stable; what programs decide by")]
    detail: Annotated[str, Field(default_factory=str, description="all that is wrong, where it is more than one thing")]
    problems: Annotated[
        list[Problem | FileProblem | ParameterProblem | RequestProblem],
        Field(default_factory=list, description="each thing that is wrong, with its place"),
    ]
    reasons: Annotated[list[str], Field(default_factory=list, description="what speaks against a run")]
    needed: Annotated[list[str], Field(default_factory=list, description="the roles that would be enough")]
    reference: Annotated[str, Field(default_factory=str, description="finds a mistake of ours in the log")]
