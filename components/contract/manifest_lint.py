"""Lints every manifest under a folder and prints all problems at once; also publishes the manifest's JSON Schema.

`python -m components.contract.manifest_lint [root]`, and with `--schema` for `docs/component.schema.json`.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from components.contract.manifest import MANIFEST_FILE, Manifest, ManifestInvalid, load_manifest
from components.contract.manifest_rules import ManifestProblem

MAX_COMPONENTS = 10_000
REQUIRED_FILES = ("README.md",)


def json_schema() -> str:
    """The JSON Schema (2020-12) of `component.yaml`, as published in `docs/component.schema.json`."""
    schema = Manifest.model_json_schema(by_alias=True)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "component.schema.json"}
    return json.dumps(head | schema | {"title": MANIFEST_FILE}, indent=2) + "\n"


def lint_folder(folder: Path) -> list[ManifestProblem]:
    """Every problem of one component: its manifest, its place and the files beside it."""
    try:
        manifest = load_manifest(folder)
    except ManifestInvalid as error:
        return list(error.problems)
    return list(_check_place(folder, manifest))


def _check_place(folder: Path, manifest: Manifest) -> Iterator[ManifestProblem]:
    shelves = ("gateways", "transforms", "sinks")
    if folder.parent.name in shelves and folder.parent.name != f"{manifest.kind}s":
        remedy = f"Move the folder to {manifest.kind}s, or change the kind."
        yield ManifestProblem(("kind",), f"a {manifest.kind} lies among the {folder.parent.name}", remedy)
    code = ("component.py", "Dockerfile") if manifest.contract == "wires" else ()
    for file in (manifest.icon, *REQUIRED_FILES, *code):
        if not (folder / file).is_file():
            yield ManifestProblem((), f"{file} is missing", f"Add it to {folder}.")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status, 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m components.contract.manifest_lint", description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=Path("components"), help="folder to search")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema instead")
    chosen = parser.parse_args(arguments)
    if chosen.schema:
        sys.stdout.write(json_schema())
        return 0
    folders = sorted(file.parent for file in chosen.root.rglob(MANIFEST_FILE))[:MAX_COMPONENTS]
    if not folders:
        sys.stderr.write(f"{chosen.root}: no {MANIFEST_FILE} in it; name the folder that holds the components\n")
        return 1
    wrong = 0
    for folder in folders:
        problems = lint_folder(folder)
        wrong += bool(problems)
        for problem in problems:
            sys.stderr.write(f"{folder / MANIFEST_FILE}: {problem}\n")
    sys.stdout.write(f"{len(folders)} components, {wrong} with problems\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
