"""What an instance may be called: names become container names and folders, so nothing else may pass."""

import re

from factory.drivers.driver import StartRefused

_NAME = re.compile(r"pf-[a-z0-9][a-z0-9_-]{0,119}")


def is_instance_name(name: str) -> bool:
    """Whether a driver of ours could have made it."""
    return _NAME.fullmatch(name) is not None


def require_instance_name(name: str) -> None:
    """Refuse what is no `pf-<run>-<node>-<attempt>`.

    Raises:
        StartRefused: the name holds anything but lower-case letters, digits, `-` and `_`.
    """
    if not is_instance_name(name):
        raise StartRefused(f"{name!r} is no instance name; name it pf-<run>-<node>-<attempt> in a-z, 0-9, - and _")
