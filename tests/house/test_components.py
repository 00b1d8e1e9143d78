from pathlib import Path

import pytest
import yaml

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
KINDS = {"gateways": "gateway", "transforms": "transform", "sinks": "sink"}
FOLDERS = sorted(path.parent for kind in KINDS for path in (COMPONENTS / kind).glob("*/component.yaml"))
SEVEN = {"Dockerfile", "README.md", "__init__.py", "component.py", "component.yaml", "icon.svg", "tests"}


def test_the_six_components_are_here() -> None:
    names = {folder.name for folder in FOLDERS}

    assert names >= {"test_source", "whip_in", "grayscale", "overlay", "recorder", "logger"}


@pytest.mark.parametrize("folder", [*FOLDERS, COMPONENTS / "template"], ids=lambda folder: str(folder.name))
class TestEveryComponent:
    def test_it_has_its_seven_parts(self, folder: Path) -> None:
        assert SEVEN - {path.name for path in folder.iterdir()} == set()

    def test_it_tests_itself(self, folder: Path) -> None:
        assert list((folder / "tests").glob("test_*.py")) != []

    def test_its_manifest_has_the_name_of_its_folder(self, folder: Path) -> None:
        manifest = yaml.safe_load((folder / "component.yaml").read_text())

        assert manifest["name"] == folder.name
        assert manifest["kind"] == KINDS.get(folder.parent.name, "transform")

    def test_its_image_starts_what_is_in_its_folder(self, folder: Path) -> None:
        inside = folder.relative_to(COMPONENTS.parent).as_posix()
        recipe = (folder / "Dockerfile").read_text().splitlines()

        assert f"COPY . /app/{inside}" in recipe
        assert f'ENTRYPOINT ["python", "-m", "components.sdk.runner", "{inside}"]' in recipe


def test_no_file_among_them_lies_outside_a_component(root: Path, files: list[Path]) -> None:
    inside = {
        path for path in files if path.parts[0] == "components" and path.parts[1] in KINDS and len(path.parts) > 3
    }
    assert len(inside) > 6 * len(SEVEN) - 6

    assert {path for path in inside if root.joinpath(*path.parts[:3]) not in FOLDERS} == set()
