"""Bounds of one socket: four a second, 64 messages and one MiB on the way, 20 extras a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.doors.live.send_window import (
    ACK_SECONDS,
    MESSAGES_A_SECOND,
    MOST_EXTRA_A_SECOND,
    MOST_UNACKNOWLEDGED,
    MOST_UNACKNOWLEDGED_BYTES,
    SendWindow,
)


@given(st.lists(st.floats(0.0, 0.4), min_size=5, max_size=60))
def test_no_second_sees_more_than_four_messages(pauses: list[float]) -> None:
    window, now, sent = SendWindow(), 100.0, []
    for pause in pauses:
        now += pause
        if now >= window.may_send_at():
            window.sent(10, now=now)
            sent.append(now)
    assert sent[0] == 100.0 + pauses[0]
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[MESSAGES_A_SECOND:], strict=False))


def test_64_messages_may_be_on_their_way_and_no_more() -> None:
    window = SendWindow()
    for _number in range(MOST_UNACKNOWLEDGED):
        assert window.has_room_for(10)
        window.sent(10, now=1.0)
    assert not window.has_room_for(10)
    assert window.acknowledge(1)
    assert window.has_room_for(10)


def test_one_mebibyte_may_be_on_its_way_or_one_message_however_large() -> None:
    window = SendWindow()
    assert window.has_room_for(2 * MOST_UNACKNOWLEDGED_BYTES)
    window.sent(MOST_UNACKNOWLEDGED_BYTES - 10, now=1.0)
    assert window.has_room_for(10)
    assert not window.has_room_for(11)
    assert window.acknowledge(1)
    assert window.has_room_for(11)


def test_an_acknowledgement_is_for_everything_before_it() -> None:
    window = SendWindow()
    for now in (1.0, 2.0, 3.0):
        window.sent(10, now=now)
    assert window.overdue_at() == 1.0 + ACK_SECONDS
    assert window.acknowledge(2)
    assert window.overdue_at() == 3.0 + ACK_SECONDS
    assert window.acknowledge(3)
    assert window.overdue_at() is None


@pytest.mark.parametrize("seq", [-1, 0, 1, 2, 4, 2**70])
def test_what_was_taken_before_or_never_sent_is_no_acknowledgement(seq: int) -> None:
    window = SendWindow()
    for now in (1.0, 2.0, 3.0):
        window.sent(10, now=now)
    assert window.acknowledge(2)
    assert not window.acknowledge(seq)
    assert window.overdue_at() == 3.0 + ACK_SECONDS


def test_twenty_extras_a_second_are_taken_and_the_next_is_not() -> None:
    window = SendWindow()
    assert all(window.takes_extra(now=1.0 + number / 100) for number in range(MOST_EXTRA_A_SECOND))
    assert not window.takes_extra(now=1.99)
    assert window.takes_extra(now=2.0)
