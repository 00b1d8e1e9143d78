import itertools

from components.contract.media_types import Format
from components.gateways.whep_out.alignment import MAX_HOLD_NS, SoundHold
from components.sdk.webrtc_packets import Packed

MS = 1_000_000


def _unit(fmt: Format, pts: int) -> Packed:
    return Packed(fmt, (b"x",), True, pts, 1)


def _run(hold: SoundHold, start_ms: int, seconds: int, *, picture_late_ms: int | None) -> list[int]:
    """Pictures and sound of some seconds, 20 ms apart; returns how long each packet of sound waited, in ms."""
    waits = []
    for pts in range(start_ms * MS, (start_ms + seconds * 1000) * MS, 20 * MS):
        arrived = pts + 2 * MS
        if picture_late_ms is not None:
            hold.picture(_unit(Format.H264, pts - picture_late_ms * MS), pts)
        waits.append((hold.sound(_unit(Format.OPUS, pts), arrived) - arrived) // MS)
    return waits


def test_sound_waits_for_pictures_that_come_later() -> None:
    waits = _run(SoundHold(), 0, 3, picture_late_ms=102)
    assert waits[0] == 100
    assert set(waits) == {100}


def test_sound_that_comes_with_its_pictures_or_after_them_does_not_wait() -> None:
    assert set(_run(SoundHold(), 0, 2, picture_late_ms=2)) == {0}
    assert set(_run(SoundHold(), 0, 2, picture_late_ms=0)) == {0}


def test_a_hold_has_a_bound_and_ends_slowly_when_pictures_stop() -> None:
    hold = SoundHold()
    assert max(_run(hold, 0, 2, picture_late_ms=900)) == MAX_HOLD_NS // MS
    waits = _run(hold, 2000, 20, picture_late_ms=None)
    assert waits[0] == MAX_HOLD_NS // MS
    assert waits[-1] == 0
    assert max(abs(one - two) for one, two in itertools.pairwise(waits)) <= 1


def test_packets_of_sound_never_overtake_each_other() -> None:
    hold = SoundHold()
    hold.picture(_unit(Format.H264, 0), 300 * MS)
    due = [hold.sound(_unit(Format.OPUS, index), 300 * MS + index) for index in range(20)]
    assert due == sorted(set(due))
