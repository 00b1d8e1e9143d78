"""The one refusal of `discard`: what runs is stopped first, so that nothing is lost by a slip."""

from typing import ClassVar

from factory.foundation.errors import OurError


class StillRunning(OurError):
    """The instance runs, so it is not removed; stop it first."""

    id: ClassVar[str] = "driver:ours:still-running"
