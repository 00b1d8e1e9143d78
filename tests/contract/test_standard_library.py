import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALONE = ["control_socket", "media_types", "messages", "node_states", "wire_format"]

LIST_FOREIGN = """
import sys
sys.path.append(sys.argv[1])
import importlib
importlib.import_module(sys.argv[2])
own = ("components", "components.contract")
known = sys.stdlib_module_names | set(sys.builtin_module_names) | {"__main__"}
loaded = [n for n in sys.modules if n.split(".")[0] not in known and n not in own]
print("\\n".join(n for n in loaded if not n.startswith("components.contract.")))
"""


@pytest.mark.parametrize("module", ALONE)
def test_it_needs_the_standard_library_alone(module: str) -> None:
    command = [sys.executable, "-S", "-I", "-c", LIST_FOREIGN, str(ROOT), f"components.contract.{module}"]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == []


def test_the_check_would_see_a_foreign_module() -> None:
    shelf = next(path for path in sys.path if (Path(path) / "pydantic").is_dir())
    code = f"import sys; sys.path.append({shelf!r})\n{LIST_FOREIGN}"
    command = [sys.executable, "-S", "-I", "-c", code, str(ROOT), "components.contract.manifest"]

    ended = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "pydantic" in ended.stdout.split()
