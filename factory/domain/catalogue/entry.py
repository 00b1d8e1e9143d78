"""One version of a component as everybody upstairs knows it, wherever it came from."""

import dataclasses
from pathlib import Path

from components.contract.manifest import Manifest
from factory.domain.catalogue.statuses import ReleaseStatus


@dataclasses.dataclass(frozen=True)
class CatalogueEntry:
    """One version of a component, and where it is.

    Attributes:
        folder: with `component.yaml` and the code, on this machine; None where it was installed.
        image: what instances are launched from: a reference for what lies in the components folder, and the digest
            itself for what was installed.
        digest: the image's id that an instance must have; empty where the reference decides.
        team_id: of the team that it belongs to; None where everybody has it.
        release_id: its row; None where it lies in the components folder.
    """

    manifest: Manifest
    folder: Path | None
    image: str
    digest: str = ""
    status: ReleaseStatus = ReleaseStatus.AVAILABLE
    status_note: str = ""
    team_id: int | None = None
    release_id: int | None = None

    @property
    def is_offered(self) -> bool:
        """Whether it may become a new node."""
        return self.status is not ReleaseStatus.YANKED
