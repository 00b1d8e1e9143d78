import ast
import re
from pathlib import Path

SAYS_NOTHING = {"common", "core", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
TWIN = re.compile(r"_(v\d+|new|old)$")


def test_every_name_of_a_room_says_what_is_in_it(files: list[Path]) -> None:
    names = {part.removesuffix(".py") for path in files for part in path.parts}

    assert names & SAYS_NOTHING == set()


def test_nothing_has_a_twin(python_files: list[Path]) -> None:
    assert [path for path in python_files if TWIN.search(path.stem)] == []


def test_every_room_says_why_it_exists(trees: dict[Path, ast.Module]) -> None:
    rooms = {path: tree for path, tree in trees.items() if "tests" not in path.parts and tree.body}

    silent = [path for path, tree in rooms.items() if ast.get_docstring(tree) is None]

    assert silent == []


def test_test_names_are_sentences(trees: dict[Path, ast.Module]) -> None:
    tests = [
        f"{path}: {node.name}"
        for path, tree in trees.items()
        if path.name.startswith("test_") and "tests" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert len(tests) > 20

    assert [name for name in tests if name.split(": ")[1].count("_") < 3] == []
