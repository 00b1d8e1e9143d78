"""Where tests may kill a process between two effects, so that what survives it is proved and not hoped.

`FACTORY_FAULT=after_create:kill9` makes the process kill itself at that point; without it nothing happens.
"""

import os
import signal
from typing import ClassVar

from factory.foundation.errors import OurError

DRIVER_FAULT_POINTS = ("after_create",)
"""Those on the way to an instance that runs."""
FAULT_POINTS = (
    *DRIVER_FAULT_POINTS,
    "after_end",
    "before_usage_commit",
    "before_charge_commit",
    "before_reserve_commit",
    "before_renewal_commit",
    "before_release_commit",
)
"""Every name there is, so that a test can try them all. `after_create`: the instance exists, nobody started it;
`after_end`: an end is written down, and nobody was told; the others: all is done, and nothing of it is kept yet."""

_VARIABLE = "FACTORY_FAULT"


class FaultUnknown(OurError):
    """A fault was asked for that no place in the code acts out."""

    id: ClassVar[str] = "factory:ours:fault-unknown"


def parse_fault(text: str) -> str | None:
    """The point at which to die; None for an empty text.

    Raises:
        FaultUnknown: anything but `<point>:kill9` with a point of `FAULT_POINTS`.
    """
    if not text:
        return None
    point, _, deed = text.partition(":")
    if point not in FAULT_POINTS or deed != "kill9":
        raise FaultUnknown(f"{_VARIABLE}={text} is unknown; write one of {', '.join(FAULT_POINTS)} and then :kill9")
    return point


_ARMED = parse_fault(os.environ.get(_VARIABLE, ""))


def fault_point(name: str) -> None:
    """Die here by SIGKILL if this point was asked for.

    Raises:
        FaultUnknown: the name is not in `FAULT_POINTS`, where tests would miss it.
    """
    if name not in FAULT_POINTS:
        raise FaultUnknown(f"The fault point {name} is not listed; add it to FAULT_POINTS")
    if name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
