import io
import tarfile
from pathlib import Path

import pytest

from deploy.images.contents import Contents, collect


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("component.py", "tests/test_it.py", "__pycache__/component.pyc", "pictures/logo.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def test_tests_and_caches_stay_out_of_the_image(folder: Path) -> None:
    assert set(collect(folder, [folder])) == {"component.py", "pictures/logo.png"}


def test_the_fingerprint_changes_with_anything_in_the_image(folder: Path) -> None:
    def fingerprint(recipe: str = "FROM x", base: str = "a") -> str:
        return Contents(collect(folder, [folder]), recipe, {"BASE": base}).fingerprint()

    first = fingerprint()
    assert fingerprint() == first
    seen = {first, fingerprint(recipe="FROM y"), fingerprint(base="b")}
    (folder / "component.py").write_text("other")
    seen.add(fingerprint())
    (folder / "component.py").rename(folder / "renamed.py")
    seen.add(fingerprint())

    assert len(seen) == 5


def test_a_change_in_a_test_changes_no_image(folder: Path) -> None:
    first = Contents(collect(folder, [folder]), "", {}).fingerprint()

    (folder / "tests" / "test_it.py").write_text("other")

    assert Contents(collect(folder, [folder]), "", {}).fingerprint() == first


def test_everyone_may_read_what_is_in_the_image(folder: Path) -> None:
    (folder / "component.py").chmod(0o600)
    archive = io.BytesIO()

    Contents(collect(folder, [folder]), "FROM x", {}).write(archive)

    archive.seek(0)
    with tarfile.open(fileobj=archive) as opened:
        modes = {entry.name: entry.mode for entry in opened}
    assert modes["component.py"] == 0o644
    assert modes["Dockerfile"] == 0o644
