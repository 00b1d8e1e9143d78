"""Writes plain values as YAML that is read back the same, and that makes small diffs."""

from collections.abc import Mapping
from typing import Any

import yaml

from components.contract.strict_yaml import is_plain_text


class Inline(dict[str, Any]):
    """A mapping to be written on one line: `{x: 0, y: 0}`."""


class _Writer(yaml.SafeDumper):
    """PyYAML's, told how YAML 1.2 reads plain scalars, and to indent lists and write texts of several lines as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(writer: _Writer, text: str) -> yaml.ScalarNode:
    if not text.replace("\n", "").isprintable():
        style: str | None = '"'
    elif "\n" in text:
        style = "|"
    else:
        style = None if is_plain_text(text) else "'"
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_inline(writer: _Writer, value: Inline) -> yaml.MappingNode:
    return writer.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


_Writer.add_representer(str, _represent_text)
_Writer.add_representer(Inline, _represent_inline)


def write_yaml(value: Mapping[str, Any]) -> str:
    """One document, keys in their order, no line folded."""
    written: str = yaml.dump(
        dict(value),
        Dumper=_Writer,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=2**31,
    )
    return written
