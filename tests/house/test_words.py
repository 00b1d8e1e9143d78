"""What is not said here: addresses of registries, folders of somebody's machine, and upstairs the engine's name."""

import re
from pathlib import Path

REGISTRIES = re.compile(
    r"\b(pypi|npmjs|pythonhosted)\.(org|com)\b|\b(ghcr|quay|gcr)\.io\b|\bregistry[\w-]*\.[\w-]+\.\w+|hub\.docker\.com"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~{}$*-])/(home|root|Users|work|workspace)/\w")
ENGINE = re.compile(r"docker(?!file)", re.IGNORECASE)


def find_words(root: Path, files: list[Path], words: re.Pattern[str]) -> list[str]:
    found = []
    for path in files:
        try:
            text = (root / path).read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if path.name != "test_words.py" and words.search(line):
                found.append(f"{path}:{number}: {line.strip()[:120]}")
    return found


def test_no_registry_is_named(root: Path, files: list[Path]) -> None:
    assert find_words(root, [path for path in files if path.name != "package-lock.json"], REGISTRIES) == []


def test_no_folder_of_somebodys_machine_is_named(root: Path, files: list[Path]) -> None:
    assert find_words(root, files, MACHINE_PATHS) == []


def test_only_drivers_and_wiring_name_the_engine(root: Path, files: list[Path]) -> None:
    upstairs = [
        path
        for path in files
        if path.suffix == ".py"
        and path.parts[0] in {"factory", "components"}
        and path.parts[:2] not in {("factory", "drivers"), ("factory", "settings.py")}
    ]

    assert find_words(root, upstairs, ENGINE) == []
