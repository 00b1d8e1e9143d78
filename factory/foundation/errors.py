"""Failures as two families, theirs and ours.

    FactoryError
      UserError        something the person can mend: a graph, a parameter, a name
      OurError         something the operator must mend: an engine, a database, a broken image
        TemporaryError   may pass by itself; try again

Every error has a stable id (`run:user:image-missing`), so texts may change and tests and docs may point.
"""

from typing import ClassVar


class FactoryError(Exception):
    """Root of all failures that this product names itself."""

    id: ClassVar[str] = "factory:error"
    retry: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UserError(FactoryError):
    """The person who asked can mend it; the message says how."""

    id: ClassVar[str] = "factory:user:error"


class OurError(FactoryError):
    """The operator or the product must mend it."""

    id: ClassVar[str] = "factory:ours:error"


class TemporaryError(OurError):
    """It may pass by itself; trying again is right."""

    id: ClassVar[str] = "factory:ours:temporary"
    retry: ClassVar[bool] = True
