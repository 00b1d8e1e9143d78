import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.setup.scaffold_component import NameRefused, scaffold

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "components" / "template"


@pytest.fixture
def components(tmp_path: Path) -> Path:
    """A folder of components that has the sdk and nothing else."""
    folder = tmp_path / "components"
    (folder / "transforms").mkdir(parents=True)
    for shared in ("__init__.py", "contract", "sdk", "transforms/__init__.py"):
        (folder / shared).symlink_to(ROOT / "components" / shared)
    return folder


@pytest.mark.slow
def test_a_new_component_passes_its_own_tests_at_once(components: Path) -> None:
    folder = scaffold(name="soft_focus", components=components, template=TEMPLATE)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:django", "-c", "/dev/null"]
    environment = {**os.environ, "PYTHONPATH": str(components.parent)}

    done = subprocess.run(
        [*command, f"--rootdir={components.parent}", "--import-mode=importlib", str(folder)],
        cwd=components.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_a_new_component_has_its_own_name_everywhere(components: Path) -> None:
    folder = scaffold(name="soft_focus", components=components, template=TEMPLATE)

    written = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert "class SoftFocus(Transform)" in written["component.py"]
    assert "name: soft_focus\n" in written["component.yaml"]
    assert "title: Soft focus\n" in written["component.yaml"]
    assert "COPY . /app/components/transforms/soft_focus\n" in written["Dockerfile"]
    assert "tests/test_soft_focus.py" in written
    assert [name for name, text in written.items() if "template" in text.lower()] == []


@pytest.mark.parametrize("name", ["", "Blur", "1blur", "soft-focus", "../blur", "class", "template", "b" * 33, "é"])
def test_it_refuses_a_name_that_nothing_can_have(components: Path, name: str) -> None:
    with pytest.raises(NameRefused, match="name"):
        scaffold(name=name, components=components, template=TEMPLATE)

    assert [path.name for path in (components / "transforms").iterdir()] == ["__init__.py"]


def test_it_refuses_a_name_that_any_kind_has(components: Path) -> None:
    (components / "sinks" / "blur").mkdir(parents=True)

    with pytest.raises(NameRefused, match="exists"):
        scaffold(name="blur", components=components, template=TEMPLATE)


def test_a_second_one_of_the_same_name_leaves_the_first_as_it_is(components: Path) -> None:
    folder = scaffold(name="blur", components=components, template=TEMPLATE)
    (folder / "component.py").write_text("mine")

    with pytest.raises(NameRefused, match="exists"):
        scaffold(name="blur", components=components, template=TEMPLATE)

    assert (folder / "component.py").read_text() == "mine"
