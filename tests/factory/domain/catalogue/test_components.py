import logging
import os
from pathlib import Path

import pytest

from factory.domain.catalogue.components import UnknownComponent, component, entries, manifests

pytestmark = pytest.mark.django_db

A_SINK = """\
api_version: 1
name: {name}
version: {version}
publisher: alice
kind: sink
title: Keeper
description: Keeps what comes.
license: Apache-2.0
inputs:
  audio: {{type: audio, formats: [opus]}}
"""


def put(root: Path, name: str, version: str = "1.0.0") -> Path:
    file = root / "sinks" / name / "component.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(A_SINK.format(name=name, version=version))
    return file


def test_the_six_components_of_the_house_are_found() -> None:
    names = {manifest.name for manifest in manifests().values()}

    assert names >= {"test_source", "whip_in", "grayscale", "overlay", "recorder", "logger"}


def test_a_component_has_its_folder_and_its_image() -> None:
    entry = component("overlay@1.0.0")

    assert entry.manifest.kind == "transform"
    assert entry.folder is not None
    assert entry.folder.name == "overlay"
    assert entry.image == "media-pipeline-factory/overlay:1.0.0"


@pytest.mark.parametrize("wrong", ["overly@1.0.0", "overlay@9.0.0", "overlay"])
def test_an_unknown_one_is_refused_with_the_nearest(wrong: str) -> None:
    with pytest.raises(UnknownComponent, match=r"Did you mean overlay@1\.0\.0\?"):
        component(wrong)


def test_where_nothing_is_like_it_the_list_is_given() -> None:
    with pytest.raises(UnknownComponent, match=r"Known: .*recorder@1\.0\.0"):
        component("zzz@1.0.0")


def test_an_unchanged_manifest_is_read_once_and_a_changed_one_again(shelves: Path) -> None:
    file = put(shelves, "keeper")
    first = component("keeper@1.0.0")
    assert component("keeper@1.0.0") is first

    put(shelves, "keeper", "1.1.0")
    os.utime(file, ns=(1, 1))
    put(shelves, "other")

    assert list(entries()) == ["keeper@1.1.0", "other@1.0.0"]


def test_a_broken_manifest_is_left_out_and_the_log_says_why(shelves: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(shelves, "keeper")
    put(shelves, "broken", "one")

    with caplog.at_level(logging.WARNING):
        assert list(entries()) == ["keeper@1.0.0"]

    assert "MAJOR.MINOR.PATCH" in caplog.text


def test_a_folder_without_shelves_has_no_components(shelves: Path) -> None:
    assert entries() == {}
    with pytest.raises(UnknownComponent, match="There are none"):
        component("overlay@1.0.0")
