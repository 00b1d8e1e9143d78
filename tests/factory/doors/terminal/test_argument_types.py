import argparse

import pytest

from factory.doors.terminal.argument_types import read_port, read_seconds


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "-inf", "1e999", "soon", ""])
def test_what_is_no_time_over_zero_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="such as 10"):
        read_seconds(text)


def test_a_time_may_have_a_fraction() -> None:
    assert read_seconds("0.5") == 0.5


@pytest.mark.parametrize("text", ["0", "-1", "65536", "http", "", "8" * 5000, "\u0668\u0668"])
def test_what_is_no_port_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="1 to 65535"):
        read_port(text)


def test_the_last_port_is_one() -> None:
    assert read_port("65535") == 65535
