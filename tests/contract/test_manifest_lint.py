import json
import subprocess
import sys
from pathlib import Path

import pytest

from components.contract.manifest_lint import json_schema, lint_folder, main

ROOT = Path(__file__).resolve().parents[2]
A_SINK = """\
api_version: 1
name: keeper
version: 1.0.0
publisher: alice
kind: sink
title: Keeper
description: Keeps what comes.
license: Apache-2.0
inputs:
  audio: {type: audio, formats: [opus]}
"""
FILES = ("icon.svg", "README.md", "component.py", "Dockerfile")


def put(root: Path, shelf: str, name: str, text: str = A_SINK, files: tuple[str, ...] = FILES) -> Path:
    folder = root / shelf / name
    folder.mkdir(parents=True)
    (folder / "component.yaml").write_text(text)
    for file in files:
        (folder / file).touch()
    return folder


def test_a_good_component_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, "sinks", "keeper")

    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 components, 0 with problems\n"


def test_every_problem_of_every_component_shows_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, "sinks", "keeper", A_SINK.replace("license", "lisence").replace("1.0.0", "one"))
    put(tmp_path, "sinks", "other")
    put(tmp_path, "gateways", "keeper", files=("icon.svg", "README.md"))

    assert main([str(tmp_path)]) == 1

    captured = capsys.readouterr()
    assert captured.out == "3 components, 3 with problems\n"
    told = captured.err.replace(str(tmp_path), "")
    for line in (
        "/sinks/keeper/component.yaml: line 3: version:",
        "/sinks/keeper/component.yaml: line 8: lisence: lisence is not a known key. Did you mean license?",
        "license: it is missing. Add it: an SPDX identifier, for example `license: Apache-2.0`.",
        "/sinks/other/component.yaml: line 2: name: keeper is not the folder's name.",
        "/gateways/keeper/component.yaml: kind: a sink lies among the gateways.",
        "component.py is missing.",
        "Dockerfile is missing.",
    ):
        assert line in told


def test_an_image_of_another_contract_needs_no_code_here(tmp_path: Path) -> None:
    folder = put(tmp_path, "sinks", "keeper", f"{A_SINK}contract: rtp\n", files=("icon.svg", "README.md"))

    assert lint_folder(folder) == []


def test_a_folder_without_components_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "name the folder" in capsys.readouterr().err


def test_the_published_schema_is_not_stale() -> None:
    published = (ROOT / "docs" / "component.schema.json").read_text()

    assert published == json_schema(), "run: python -m components.contract.manifest_lint --schema"


def test_the_command_prints_the_schema() -> None:
    command = [sys.executable, "-m", "components.contract.manifest_lint", "--schema"]

    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    schema = json.loads(printed)
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) >= {"api_version", "name", "version", "kind", "title", "license"}
