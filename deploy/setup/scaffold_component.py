"""Writes the first version of a component: a working copy of components/template under its new name."""

import argparse
import keyword
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("gateways", "transforms", "sinks")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


class NameRefused(Exception):
    """The name cannot be a component's; says why and what would do."""


def check_name(name: str, *, components: Path) -> None:
    """Whether a component may be called so.

    Raises:
        NameRefused: it is malformed, a word of Python's, or taken.
    """
    if not NAME.fullmatch(name):
        raise NameRefused(f"{name!r}: a name is a small letter, then small letters, digits and _, at most 32 in all")
    if keyword.iskeyword(name) or name == "template":
        raise NameRefused(f"{name!r} has a meaning already; choose another name")
    for kind in KINDS:
        if (components / kind / name).exists():
            raise NameRefused(f"{name!r} exists: {components / kind / name}; choose another name")


def fill_in(text: str, *, name: str) -> str:
    """The text of one of the template's files with the new name in all its forms."""
    title = name.replace("_", " ").capitalize()
    for old, new in (
        ("components/template", f"components/transforms/{name}"),
        ("components.template", f"components.transforms.{name}"),
        ("title: Template", f"title: {title}"),
        ("# Template", f"# {title}"),
        ("Template", "".join(part.capitalize() for part in name.split("_"))),
        ("template", name),
    ):
        text = text.replace(old, new)
    return text


def scaffold(*, name: str, components: Path, template: Path) -> Path:
    """Write the component's folder, whole or not at all.

    Returns:
        the folder.

    Raises:
        NameRefused: the name cannot be had.
    """
    check_name(name, components=components)
    unfinished = components / "transforms" / f".{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    for path in sorted(template.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            target = unfinished / fill_in(path.relative_to(template).as_posix(), name=name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fill_in(path.read_text(), name=name))
    return unfinished.rename(components / "transforms" / name)


def main() -> int:
    """Scaffold, then say what comes next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="small letters, digits and _")
    parser.add_argument("--components", type=Path, default=ROOT / "components", help="folder of the components")
    options = parser.parse_args()
    if not options.name:
        print("say how it is called: make component NAME=my_component", file=sys.stderr)
        return 1
    try:
        folder = scaffold(name=options.name, components=options.components, template=ROOT / "components" / "template")
    except NameRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    print(f"{folder}: written; edit component.yaml and component.py in it, then:")
    print(f"  .venv/bin/python -m pytest {folder}/tests")
    print("  make images")
    return 0


if __name__ == "__main__":
    sys.exit(main())
