"""Looks at the recipe of a team's own component: it may put files together, and run nothing while it is built.

What is not read alike by every engine is refused, so that what is looked at is what would be done.
"""

import re
from typing import Any

from components.contract.image_labels import MOST_CHARACTERS

RECIPE_FILE = "Dockerfile"
_QUIET = frozenset(
    {"ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "USER", "WORKDIR"}
)
"""Instructions of a recipe that run nothing while it is built."""
_SDK = (["${SDK}"], ["$SDK"])
_COPY_OPTION = re.compile(r"--(chown|chmod)=[0-9A-Za-z_:.-]+")
_DIRECTIVE = re.compile(r"#\s*(escape|syntax|check)\s*=", re.IGNORECASE)
"""Comments that change how the rest is read: the parser directives of such files."""
_REMEDY = (
    "A team's recipe may only COPY files onto ${SDK}. Build the image yourself and install its "
    "archive, or ask an operator to install the folder."
)
_PLAINLY = "Write each instruction on one line, or end its lines with one backslash and go on in the very next line."

Problems = list[dict[str, Any]]


def problems_of_recipe(recipe: str) -> Problems:
    """Everything that a team's recipe may not say. Pure.

    Args:
        recipe: as it is, its ends of lines too, or more than `MOST_CHARACTERS` of it.
    """
    if len(recipe) > MOST_CHARACTERS:
        return [_problem(0, f"The recipe has over {MOST_CHARACTERS // 1024} KiB.", "Shorten it.")]
    problems: Problems = []
    begun, instruction = 0, ""
    for number, line in enumerate([each.removesuffix("\r") for each in recipe.split("\n")], start=1):
        text = line.strip(" \t")
        if _is_odd(line):
            problems.append(_problem(number, "The recipe has a character that is no letter.", "Remove it."))
        elif _DIRECTIVE.match(text):
            problems.append(_problem(number, f"The recipe says {text.split()[0].upper()}.", _REMEDY))
        elif text.startswith("#") or not text:
            if instruction:
                problems.append(_problem(number, "An instruction is broken off by another line.", _PLAINLY))
                instruction = ""
        elif text.endswith("\\\\"):
            problems.append(_problem(number, "A line ends with two backslashes.", _PLAINLY))
            instruction = ""
        else:
            begun, instruction = (begun if instruction else number), instruction + line.rstrip(" \t")
            if instruction.endswith("\\"):
                # Joined as the engine does: nothing stands between the two.
                instruction = instruction[:-1]
                continue
            problems += _problems_of_instruction(begun, instruction)
            instruction = ""
    # One that the end of the file breaks off is carried out as well.
    return problems + (_problems_of_instruction(begun, instruction) if instruction.strip() else [])


def _problems_of_instruction(number: int, instruction: str) -> Problems:
    words = instruction.split()
    word, rest = words[0].upper(), words[1:]
    if word == "FROM" and rest not in _SDK:
        return [_problem(number, f"The recipe says {' '.join([word, *rest[:1]])}.", _REMEDY)]
    options = [each for each in rest if each.startswith("--")] if word == "COPY" else []
    if word not in _QUIET or not all(_COPY_OPTION.fullmatch(each) for each in options):
        return [_problem(number, f"The recipe says {word}.", _REMEDY)]
    return []


def _is_odd(line: str) -> bool:
    """Whether it holds what some take for a space or the end of a line, and others do not."""
    return any(not letter.isprintable() and letter != "\t" for letter in line)


def _problem(line: int, message: str, remedy: str) -> dict[str, Any]:
    return {"path": RECIPE_FILE, "line": line, "message": message, "remedy": remedy}
