"""What a client may say, and that nothing else does any harm."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.doors.live.messages import (
    MOST_BYTES_FROM_CLIENT,
    Ack,
    NotUnderstood,
    Resync,
    encode,
    parse_client_message,
    patch_message,
    snapshot_message,
)


def test_acks_and_resyncs_are_understood() -> None:
    assert parse_client_message('{"type": "ack", "seq": 7}') == Ack(7)
    assert parse_client_message('{"type": "resync"}') == Resync()


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "no json",
        "7",
        "[]",
        "{}",
        '{"type": "ack"}',
        '{"type": "ack", "seq": "7"}',
        '{"type": "ack", "seq": 7.0}',
        '{"type": "ack", "seq": true}',
        '{"type": "subscribe", "group": "run.abc"}',
        "[" * MOST_BYTES_FROM_CLIENT,
        '{"type": "resync", "more": "' + "x" * MOST_BYTES_FROM_CLIENT + '"}',
        '{"type": "resync", "more": "' + "é" * (MOST_BYTES_FROM_CLIENT // 2) + '"}',
    ],
)
def test_anything_else_is_not_understood(text: str | None) -> None:
    with pytest.raises(NotUnderstood):
        parse_client_message(text)


@given(st.text(max_size=60) | st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers()).map(json.dumps))
def test_no_text_does_any_harm(text: str) -> None:
    try:
        said = parse_client_message(text)
    except NotUnderstood:
        return
    assert isinstance(said, Ack | Resync)


def test_messages_are_json_of_as_many_bytes_as_characters() -> None:
    text = encode({"name": "Käse", "fps": 29.97})
    assert text.isascii()
    assert json.loads(snapshot_message(1, text)) == {
        "type": "snapshot",
        "seq": 1,
        "state": {"name": "Käse", "fps": 29.97},
    }
    assert json.loads(patch_message(2, "{}")) == {"type": "patch", "seq": 2, "patch": {}}
