"""The same installation as the catalogue's tests have."""

from tests.factory.domain.catalogue.conftest import install, shelves

__all__ = ["install", "shelves"]
