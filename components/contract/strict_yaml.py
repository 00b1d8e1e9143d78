"""YAML as manifests and pipeline files use it: one document of plain values, bounded, and every line known.

Scalars follow the core schema of YAML 1.2 (so `yes`, `on` and `12:30` are text). Aliases, anchors, tags,
duplicate keys and deep nesting are refused: nobody needs them here, and each is a way to hurt a reader.
"""

import dataclasses
import math
import re
from typing import Any

import yaml

Path = tuple[str | int, ...]

MAX_DEPTH = 16
_MAX_NUMBER_CHARACTERS = 40
_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_OCTAL = re.compile(r"0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlInvalid(Exception):
    """The text is not YAML of the kind read here; `line` counts from 1, 0 where unknown."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line
        self.message = message


@dataclasses.dataclass(frozen=True)
class YamlDocument:
    """What was read.

    Attributes:
        value: dictionaries with text keys, lists, text, numbers, booleans, None.
        lines: where each value's key or list item stands, by path; `()` is the document.
    """

    value: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of a path, or of the nearest thing above it that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 0


def is_plain_text(text: str) -> bool:
    """Whether an unquoted scalar of these characters is read as text and not as a number, a boolean or null."""
    special = (_NULL, _TRUE, _FALSE, _INTEGER, _HEXADECIMAL, _OCTAL, _FLOAT, _NOT_A_NUMBER)
    return not any(pattern.fullmatch(text) for pattern in special)


def read_yaml(text: str, *, max_bytes: int) -> YamlDocument:
    """Read one document.

    Raises:
        YamlInvalid: too long, not YAML, or one of the things refused here.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise YamlInvalid(0, "the text has characters that are not Unicode; save it as UTF-8") from None
    if size > max_bytes:
        raise YamlInvalid(0, f"{size} bytes are over the limit of {max_bytes}; make it shorter")
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlInvalid(mark.line + 1 if mark else 0, f"not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlInvalid(0, f"not YAML: {str(error).splitlines()[0]}") from None
    return YamlDocument(builder.value, builder.lines)


@dataclasses.dataclass
class _Open:
    """A mapping or sequence whose end has not come yet."""

    container: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None
    line: int = 0


class _Builder:
    """Turns parser events into values without recursion, so that no text can exhaust the stack."""

    def __init__(self) -> None:
        self.value: Any = None
        self.lines: dict[Path, int] = {}
        self._stack: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if getattr(event, "anchor", None) is not None:
            raise YamlInvalid(line, "anchors and aliases are refused; write the value out")
        if getattr(event, "tag", None) is not None:
            raise YamlInvalid(line, f"tags such as {event.tag} are refused; remove it")
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise YamlInvalid(line, "a second document begins here; keep one document a file")
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open({}, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open([], line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._stack.pop()

    def _scalar(self, event: Any, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.container, dict) and top.key is None:
            if not event.value:
                raise YamlInvalid(line, "a key is empty; give it a name")
            if event.value in top.container:
                raise YamlInvalid(line, f"{event.value} stands here twice; remove one of the two")
            top.key, top.line = event.value, line
            return
        quoted = event.style not in (None, "")
        self._put(event.value if quoted else _plain_value(event.value, line), line)

    def _open(self, container: dict[str, Any] | list[Any], line: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise YamlInvalid(line, f"nested deeper than {MAX_DEPTH} levels; make it flatter")
        self._stack.append(_Open(container, self._put(container, line)))

    def _put(self, value: Any, line: int) -> Path:
        if not self._stack:
            self.value = value
            self.lines[()] = line
            return ()
        top = self._stack[-1]
        if isinstance(top.container, list):
            path: Path = (*top.path, len(top.container))
            top.container.append(value)
        else:
            if top.key is None:
                raise YamlInvalid(line, "a key must be text")
            path, line = (*top.path, top.key), top.line
            top.container[top.key] = value
            top.key = None
        self.lines[path] = line
        return path


def _plain_value(text: str, line: int) -> Any:
    if is_plain_text(text):
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return text.lower() == "true"
    if _NOT_A_NUMBER.fullmatch(text):
        raise YamlInvalid(line, f"{text} is not a number that can be used here; quote it if it is text")
    if len(text) > _MAX_NUMBER_CHARACTERS:
        raise YamlInvalid(line, f"a number of {len(text)} digits; quote it if it is text")
    if _INTEGER.fullmatch(text):
        return int(text)
    if _HEXADECIMAL.fullmatch(text) or _OCTAL.fullmatch(text):
        return int(text, 0)
    number = float(text)
    if not math.isfinite(number):
        raise YamlInvalid(line, f"{text} is too large a number")
    return number
