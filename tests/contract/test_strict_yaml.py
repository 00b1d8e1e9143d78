import pytest

from components.contract.strict_yaml import YamlInvalid, read_yaml


def read(text: str) -> object:
    return read_yaml(text, max_bytes=1000).value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-11-22", "2026-11-22"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("'null'", "null"),
        ('"7"', "7"),
        ("007", 7),
        ("-12", -12),
        ("0x1f", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("[1, a, {b: c}]", [1, "a", {"b": "c"}]),
        ("on: 1\n2: x\n", {"on": 1, "2": "x"}),
        ("a:\n", {"a": None}),
        ("text: |\n  one\n  two\n", {"text": "one\ntwo\n"}),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_scalars_are_read_as_yaml_1_2_has_them(text: str, value: object) -> None:
    found = read(text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("? {a: b}\n: c\n", 1, "key must be text"),
        ("'': a\n", 1, "key is empty"),
        ("a: 1\n\nb: &x 2\n", 3, "anchors"),
        ("a: *x\n", 1, "anchors"),
        ("!!set {a}\n", 1, "tags"),
        ("a: 1\na: 2\n", 2, "twice"),
        (f"a: {'1' * 41}\n", 1, "41 digits"),
        ("a: 1e400\n", 1, "too large"),
        ("a: -.INF\n", 1, "quote it"),
        ("a: b\n---\nc: d\n", 2, "second document"),
        ("a: 'b\n", 2, "not YAML"),
        ("a\x01b", 0, "not YAML"),
        ("\ud800", 0, "UTF-8"),
        ("a" * 1001, 0, "limit of 1000"),
        ("{a: " * 17, 1, "deeper"),
    ],
)
def test_what_could_hurt_or_mislead_is_refused(text: str, line: int, words: str) -> None:
    with pytest.raises(YamlInvalid) as caught:
        read(text)

    assert words in caught.value.message
    assert caught.value.line == line
    assert str(caught.value).startswith("line ") is bool(line)


def test_every_value_knows_its_line_and_a_missing_one_its_parents() -> None:
    document = read_yaml("a:\n  b:\n    - 1\n    - c: 2\n\nd: 3\n", max_bytes=100)

    assert document.line_of(("a", "b")) == 2
    assert document.line_of(("a", "b", 0)) == 3
    assert document.line_of(("a", "b", 1, "c")) == 4
    assert document.line_of(("a", "b", 1, "missing", "deeper")) == 4
    assert document.line_of(("d",)) == 6
    assert document.line_of(()) == 1
