"""The same installation as the catalogue's tests have."""

from tests.factory.domain.catalogue.conftest import alice, install, now, shelves, team

__all__ = ["alice", "install", "now", "shelves", "team"]
