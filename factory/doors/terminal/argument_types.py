"""What a person may write behind an option; the rest is refused before anything starts."""

import argparse
import math

LAST_PORT = 65535


def read_seconds(text: str) -> float:
    """A time in seconds, over 0 and finite.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write a number of seconds over 0, such as 10")
    return seconds


def read_port(text: str) -> int:
    """A TCP port, 1 to 65535.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    # Longer numbers are none either, and `int` refuses some of them in its own words.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LAST_PORT)) and 1 <= int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write 1 to {LAST_PORT}, or leave --port out")
    return int(text)
