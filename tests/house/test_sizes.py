import ast
import statistics
from pathlib import Path

MOST_LINES_OF_A_FILE = 400
MEDIAN_LINES_BELOW = 100
FUNCTION_LINES_BELOW = 60


def count_lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_too_long(root: Path, python_files: list[Path]) -> None:
    lengths = {str(path): count_lines(root / path) for path in python_files}

    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_no_file_of_the_editor_is_too_long(root: Path, files: list[Path]) -> None:
    ours = [path for path in files if path.parts[0] == "builder_ui" and path.suffix in {".ts", ".tsx", ".css"}]
    written = [path for path in ours if "generated" not in path.parts]
    lengths = {str(path): count_lines(root / path) for path in written}

    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}
    assert statistics.median(lengths.values()) < MEDIAN_LINES_BELOW


def test_the_median_file_fits_on_two_screens(root: Path, python_files: list[Path]) -> None:
    lengths = [lines for path in python_files if (lines := count_lines(root / path))]

    assert statistics.median(lengths) < MEDIAN_LINES_BELOW


def test_no_function_is_too_long(trees: dict[Path, ast.Module]) -> None:
    long = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines >= FUNCTION_LINES_BELOW:
                    long[f"{path}:{node.lineno} {node.name}"] = lines

    assert long == {}
