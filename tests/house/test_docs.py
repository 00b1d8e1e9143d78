import re
from pathlib import Path

import pytest
from django.core.management import get_commands

LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"manage\.py (\w+)")
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)


@pytest.fixture
def documents(root: Path, files: list[Path]) -> dict[Path, str]:
    return {path: (root / path).read_text() for path in files if path.suffix == ".md"}


def test_the_pages_that_readers_start_from_exist(documents: dict[Path, str]) -> None:
    pages = {"README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/states.md"}

    assert pages - {path.as_posix() for path in documents} == set()


def test_every_target_of_make_is_documented(root: Path, documents: dict[Path, str]) -> None:
    pages = "\n".join(text for path, text in documents.items() if path.parts[0] in {"README.md", "docs"})
    targets = TARGET.findall((root / "Makefile").read_text())
    assert {"setup", "demo", "check", "test", "component"} <= set(targets)

    assert [target for target in targets if not re.search(rf"\bmake {target}\b", pages)] == []


def test_every_target_that_pages_name_exists(root: Path, documents: dict[Path, str]) -> None:
    targets = set(TARGET.findall((root / "Makefile").read_text()))
    named = {word for text in documents.values() for word in re.findall(r"`make ([a-z]+)\b", text)}

    assert named - targets == set()


def test_every_link_leads_to_a_file(root: Path, documents: dict[Path, str]) -> None:
    broken = [
        f"{path}: {link}"
        for path, text in documents.items()
        for link in LINK.findall(text)
        if "://" not in link and not link.startswith("mailto:") and not (root / path.parent / link).exists()
    ]

    assert broken == []


def test_every_command_that_pages_show_exists(documents: dict[Path, str]) -> None:
    fenced = [block for text in documents.values() for block in text.split("```")[1::2]]
    named = {command for block in fenced for command in COMMAND.findall(block)}
    assert "run" in named

    assert named - set(get_commands()) == set()


def test_the_licence_is_apache_2(root: Path) -> None:
    text = (root / "LICENSE").read_text()

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
