"""Reads what was uploaded as a component: its manifest, its texts, and everything that is wrong with them."""

import dataclasses
import platform
import re
from pathlib import Path
from typing import Any

from components.contract.image_labels import ICON_LABEL, MANIFEST_LABEL, MOST_CHARACTERS, README_LABEL
from components.contract.manifest import MANIFEST_FILE, Manifest, ManifestInvalid, read_manifest
from factory.domain.catalogue.installations import plain_problem, problem_of
from factory.drivers.image_archive import SavedImage
from factory.orchestration.recipes import RECIPE_FILE, problems_of_recipe

_DOCS = "see docs/add-a-component.md"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_RESERVED = frozenset({"install"})
"""What stands where a component's name does in addresses of the marketplace."""

Problems = list[dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Candidate:
    """What could become a release; `manifest` is None where it cannot be read."""

    manifest: Manifest | None
    readme: str
    icon: str
    problems: Problems


def read_candidate_image(image: SavedImage) -> Candidate:
    """What the labels of an image say."""
    text = image.labels.get(MANIFEST_LABEL, "")
    readme, icon = image.labels.get(README_LABEL, ""), image.labels.get(ICON_LABEL, "")
    problems: Problems = []
    manifest = None
    if text:
        manifest = _read(text, problems)
    else:
        remedy = f'Build it with --label {MANIFEST_LABEL}="$(cat {MANIFEST_FILE})"; {_DOCS}.'
        problems.append(plain_problem(f"The image has no label {MANIFEST_LABEL}.", remedy))
    for label, value, file in ((README_LABEL, readme, "README.md"), (ICON_LABEL, icon, "icon.svg")):
        if not value.strip():
            problems.append(plain_problem(f"The image has no label {label}.", f'Add --label {label}="$(cat {file})".'))
    inner = image.config.get("config") or {}
    if not (inner.get("Entrypoint") or inner.get("Cmd")):
        problems.append(plain_problem("The image says not what to start.", "Add an ENTRYPOINT to its recipe."))
    if inner.get("Volumes"):
        problems.append(plain_problem("The image declares volumes.", "Remove VOLUME from its recipe."))
    built_for, here = image.config.get("architecture"), _MACHINES.get(platform.machine(), platform.machine())
    if built_for and built_for != here:
        problems.append(
            plain_problem(f"The image is for {built_for}, and this machine is {here}.", f"Build it for {here}.")
        )
    return Candidate(manifest, readme, icon, [*problems, *_of_texts(readme, icon)])


def read_candidate_folder(folder: Path, *, trusted: bool) -> Candidate:
    """What the files of a folder say.

    Args:
        folder: with `component.yaml`.
        trusted: whether its recipe may run commands while it is built, which nothing walls off.
    """
    problems: Problems = []
    manifest = _read(_text(folder / MANIFEST_FILE), problems)
    icon_file = manifest.icon if manifest is not None else "icon.svg"
    code = [RECIPE_FILE, *(["component.py"] if manifest is None or manifest.contract == "wires" else [])]
    for file in ("README.md", icon_file, *code):
        if not (folder / file).is_file():
            problems.append(plain_problem(f"{file} is missing.", "Add it to the folder."))
    problems += [] if trusted else problems_of_recipe(_text(folder / RECIPE_FILE))
    readme, icon = _text(folder / "README.md"), _text(folder / icon_file)
    return Candidate(manifest, readme, icon, [*problems, *_of_texts(readme, icon)])


def _read(text: str, problems: Problems) -> Manifest | None:
    try:
        manifest = read_manifest(text)
        if manifest.name in _RESERVED:
            message = f"{manifest.name} is a page of the marketplace."
            problems.append({"path": "name", "line": 0, "message": message, "remedy": "Give it another name."})
        return manifest
    except ManifestInvalid as error:
        problems += [problem_of(each) for each in error.problems]
        return None


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace", newline="") as opened:
            return opened.read(MOST_CHARACTERS + 1)
    except OSError:
        return ""


def _of_texts(readme: str, icon: str) -> Problems:
    problems = []
    for name, text in (("README.md", readme), ("the icon", icon)):
        if len(text) > MOST_CHARACTERS:
            message = f"{name} has over {MOST_CHARACTERS // 1024} KiB."
            problems.append(plain_problem(message[:1].upper() + message[1:], "Shorten it."))
        if "\0" in text:
            problems.append(plain_problem(f"{name} is no text.", "Write it as UTF-8."))
    if icon and not re.match(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg[\s>]", icon, re.DOTALL):
        problems.append(plain_problem("The icon is no SVG.", "Draw it as SVG, 24 x 24, lines in currentColor."))
    return problems
