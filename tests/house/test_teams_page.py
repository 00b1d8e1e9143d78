"""docs/teams.md tells the roles and the tokens as the code has them."""

import re
from pathlib import Path

from factory.domain.accounts.api_tokens import MOST_TOKENS, PREFIX, SCANNING_PATTERN
from factory.domain.accounts.invitations import LIFETIME, MOST_WAITING
from factory.domain.accounts.policy import ALLOWED, Action
from factory.domain.accounts.token_text import new_token

ROW = re.compile(r"^\| ([a-z]+) \|((?:[^|\n]*\|){6})$", re.MULTILINE)


def page(root: Path) -> str:
    return (root / "docs" / "teams.md").read_text()


def test_the_table_of_roles_is_the_one_that_decides(root: Path) -> None:
    table = {name: [cell.strip() for cell in cells.split("|")[:-1]] for name, cells in ROW.findall(page(root))}

    assert table.pop("role") == [action.value for action in Action]
    told = {
        role: {action for action, cell in zip(Action, row, strict=True) if cell == "yes"} for role, row in table.items()
    }
    assert told == {role.value: allowed for role, allowed in ALLOWED.items()}


def test_every_action_is_explained(root: Path) -> None:
    assert re.findall(r"^- \*\*([a-z]+)\*\*:", page(root), re.MULTILINE) == [action.value for action in Action]


def test_the_pattern_that_scanners_take_finds_a_token(root: Path) -> None:
    assert f"```\n{SCANNING_PATTERN}\n```" in page(root)
    assert re.fullmatch(SCANNING_PATTERN, new_token(PREFIX))


def test_the_bounds_are_those_of_the_code(root: Path) -> None:
    text = page(root)

    assert LIFETIME.days == 7
    assert "holds for a week" in text
    assert f"At most {MOST_WAITING} wait" in text
    assert f"{MOST_TOKENS} hold at most" in text
