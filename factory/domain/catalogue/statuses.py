"""Whether an installed version of a component is offered, and whether it still runs."""

import enum


class ReleaseStatus(enum.StrEnum):
    """What its managers say of one version; all of them run where a pipeline has them."""

    AVAILABLE = "available"
    """Offered to everybody who may see it."""
    DEPRECATED = "deprecated"
    """Still offered and still runs, with a note that says what to use instead."""
    YANKED = "yanked"
    """Runs on where a version of a pipeline has it; offered nowhere, and no new node may be one."""


class ReleaseSource(enum.StrEnum):
    """What an installed version was made from."""

    FOLDER = "folder"
    ARCHIVE = "archive"


class InstallationState(enum.StrEnum):
    """How far the installation of one upload is."""

    UPLOADING = "uploading"
    """Pieces of it are coming."""
    WAITING = "waiting"
    """All of it is here; no worker has looked yet."""
    CHECKING = "checking"
    """A worker reads it."""
    LOADING = "loading"
    """The engine takes it in."""
    DONE = "done"
    REFUSED = "refused"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in (InstallationState.DONE, InstallationState.REFUSED)
