import re
from pathlib import Path

from factory.domain.runs.states import TRANSITIONS


def test_the_drawing_of_states_is_the_table(root: Path) -> None:
    drawing = (root / "docs" / "states.md").read_text().split("```mermaid")[1].split("```")[0]
    assert "stateDiagram-v2" in drawing

    drawn = set(re.findall(r"^\s*(\w+) --> (\w+)", drawing, re.MULTILINE))

    assert drawn == {(str(old.value), str(new.value)) for old, news in TRANSITIONS.items() for new in news}
