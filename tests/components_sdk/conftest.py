"""Wires that a test leaves open are closed behind it."""

from collections.abc import Iterator

import pytest

from tests.components_sdk.wires import OPENED


@pytest.fixture(autouse=True)
def close_wires() -> Iterator[None]:
    """Close what `open_pair` opened."""
    yield
    while OPENED:
        OPENED.pop().close()
