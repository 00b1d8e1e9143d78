"""Holds sound back until the pictures of its moment have come, where a pipeline makes them later.

Sender reports tell players how the two belong together, but browsers close a gap of more than some 30 ms over tens of
seconds. What arrives together needs no closing.
"""

from components.sdk.webrtc_packets import Packed

MAX_HOLD_NS = 400_000_000
"""Pictures that come later than this after their sound are left to the players."""
_SMOOTHING = 16
_STEP_NS = 500_000
"""How much the hold changes with each packet of sound (2.5 % of its length), so that nobody hears it."""
_BEGIN_PACKETS = 50
"""Until so many have come the hold is set, not approached."""
_STALE_NS = 1_000_000_000


class SoundHold:
    """How long each packet of sound waits. All times are nanoseconds on the run's clock."""

    def __init__(self) -> None:
        self._hold = 0
        self._due = 0
        self._packets = 0
        self._picture_at = 0
        self._picture_late: float | None = None
        self._sound_late: float | None = None

    def picture(self, unit: Packed, now: int) -> None:
        """A picture came."""
        if now - self._picture_at > _STALE_NS:
            self._picture_late = None
        self._picture_at = now
        self._picture_late = _smooth(self._picture_late, now - unit.pts)

    def sound(self, unit: Packed, now: int) -> int:
        """When to send this packet of sound; later than the one before it."""
        self._sound_late = _smooth(self._sound_late, now - unit.pts)
        self._packets += 1
        wanted = 0
        if self._picture_late is not None and now - self._picture_at <= _STALE_NS:
            wanted = min(max(round(self._picture_late - self._sound_late), 0), MAX_HOLD_NS)
        step = MAX_HOLD_NS if self._packets <= _BEGIN_PACKETS else _STEP_NS
        self._hold += max(-step, min(step, wanted - self._hold))
        self._due = max(now + self._hold, self._due + 1)
        return self._due


def _smooth(before: float | None, value: int) -> float:
    return float(value) if before is None else before + (value - before) / _SMOOTHING
