"""What a component says of itself."""

import enum


class NodeState(enum.StrEnum):
    """The component's own word on how it is doing."""

    STARTING = "starting"
    """Loading, connecting or waiting for its configuration."""
    READY = "ready"
    """It can take media."""
    DEGRADED = "degraded"
    """It works, but not as asked; the reason says how."""
    DRAINING = "draining"
    """It takes nothing new, writes out what it holds, and will exit."""
    FAILED = "failed"
    """It cannot do its work; the reason says why."""


class ExitCode(enum.IntEnum):
    """How an instance's process ends, and what that means for the next attempt."""

    DONE = 0
    """It finished by itself or drained; nothing to restart."""
    CRASHED = 1
    """Something broke; another attempt may help."""
    MISCONFIGURED = 64
    """The parameters or the wiring cannot work (EX_USAGE of sysexits.h); another attempt would not help."""
