import dataclasses
from pathlib import Path

import pytest

from factory.domain.catalogue.components import component
from factory.domain.catalogue.icons import MAX_ICON_BYTES, read_icon

pytestmark = pytest.mark.django_db


def test_a_picture_is_read_from_the_components_folder() -> None:
    entry = component("overlay@1.0.0")

    assert read_icon(entry=entry) == (Path(str(entry.folder)) / "icon.svg").read_bytes()


def test_a_picture_that_is_missing_or_too_large_is_none(tmp_path: Path) -> None:
    entry = dataclasses.replace(component("overlay@1.0.0"), folder=tmp_path)

    assert read_icon(entry=entry) is None
    (tmp_path / "icon.svg").write_bytes(b"x" * (MAX_ICON_BYTES + 1))
    assert read_icon(entry=entry) is None
