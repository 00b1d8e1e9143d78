"""RTP timestamps on the run's clock: one clock for the sound and the pictures of a session."""

from collections.abc import Callable

_WINDOW_NS = 10_000_000_000
_NTP_STEP_NS = 1_000_000_000
_SLEW_DIVISOR = 10
_EARLY_DIVISOR = 3
_EARLY_NS = 2_000_000_000
"""A stream's first units travel slowly (a keyframe, encoders that warm up); what they told is mended faster."""
_DEAD_BAND_NS = 1_000_000
_SECOND_NS = 1_000_000_000


class _WindowedMinimum:
    """The smallest value of the last one to two windows, so that a slow drift is followed."""

    def __init__(self) -> None:
        self._began = 0
        self._previous: int | None = None
        self._current: int | None = None

    def add(self, value: int, now: int) -> int:
        """Take a value; returns the smallest in force."""
        if self._current is None or now - self._began > _WINDOW_NS:
            self._previous, self._current, self._began = self._current, value, now
        self._current = min(self._current, value)
        return self._current if self._previous is None else min(self._current, self._previous)


class SessionTimeline:
    """What the tracks of one session share: the sender's wall clock on ours.

    The sender's NTP stamps are only compared with each other. The unit that travelled fastest of late tells
    how far that clock is from the run's (RFC 3550, 6.4.1 and 6.4.4).
    """

    def __init__(self) -> None:
        self._tracks: list[TrackTimeline] = []

    def new_track(self, clock_rate: int) -> "TrackTimeline":
        """A timeline for one more stream of this session."""
        track = TrackTimeline(clock_rate, self.base, self._forget_reports)
        self._tracks.append(track)
        return track

    def base(self) -> int | None:
        """Nanoseconds from the sender's NTP clock to the run's, or None before any sender report."""
        known = [
            track.arrival - track.ntp_minus_rtp
            for track in self._tracks
            if track.arrival is not None and track.ntp_minus_rtp is not None
        ]
        return min(known, default=None)

    def _forget_reports(self) -> None:
        for track in self._tracks:
            track.ntp_minus_rtp = None


class TrackTimeline:
    """Maps one stream's RTP timestamps to nanoseconds on the run's clock.

    Before the first sender report by arrival, then by the report. A change of the mapping is slewed in at
    1/10 of the time that passes (1/3 at first), so that pts never jump and never run backwards.

    Attributes:
        arrival: smallest (arrival - RTP time) of late, in nanoseconds; None before the first unit.
        ntp_minus_rtp: from the newest sender report, in nanoseconds; None before the first.
    """

    def __init__(self, clock_rate: int, base: Callable[[], int | None], forget_reports: Callable[[], None]) -> None:
        self.arrival: int | None = None
        self.ntp_minus_rtp: int | None = None
        self._clock_rate = clock_rate
        self._base = base
        self._forget_reports = forget_reports
        self._pts = 0
        self.restart()

    def restart(self) -> None:
        """Another stream follows, with timestamps of its own; pts still grow."""
        self.arrival = None
        self.ntp_minus_rtp = None
        self._minimum = _WindowedMinimum()
        self._unwrapped: int | None = None
        self._offset: int | None = None
        self._began = self._slewed_at = 0

    def _unwrap(self, timestamp: int) -> int:
        """Extend 32 bits to the value nearest to the last one."""
        if self._unwrapped is None:
            self._unwrapped = timestamp
        step = (timestamp - self._unwrapped + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return self._unwrapped + step

    def _rtp_ns(self, unwrapped: int) -> int:
        return unwrapped * _SECOND_NS // self._clock_rate

    def report(self, ntp_timestamp: int, rtp_timestamp: int) -> None:
        """Take a sender report: 64-bit NTP and 32-bit RTP time of the same moment (RFC 3550, 6.4.1)."""
        ntp_ns = ntp_timestamp * _SECOND_NS >> 32
        difference = ntp_ns - self._rtp_ns(self._unwrap(rtp_timestamp))
        if self.ntp_minus_rtp is not None and abs(difference - self.ntp_minus_rtp) > _NTP_STEP_NS:
            # The sender's wall clock was set: what the other tracks know of it no longer compares.
            self._forget_reports()
        self.ntp_minus_rtp = difference

    def pts(self, rtp_timestamp: int, arrived: int) -> int:
        """When this unit was captured, as near as is known; more than the pts before it.

        Args:
            rtp_timestamp: 32 bit.
            arrived: nanoseconds on the run's clock.
        """
        unwrapped = self._unwrap(rtp_timestamp)
        self._unwrapped = unwrapped
        rtp_ns = self._rtp_ns(unwrapped)
        self.arrival = self._minimum.add(arrived - rtp_ns, arrived)
        target = self.arrival
        base = self._base()
        if base is not None and self.ntp_minus_rtp is not None:
            target = base + self.ntp_minus_rtp
        self._pts = max(rtp_ns + self._slew(target, arrived), self._pts + 1)
        return self._pts

    def _slew(self, target: int, now: int) -> int:
        if self._offset is None:
            self._offset = target
            self._began = now
        error = target - self._offset
        if abs(error) > _DEAD_BAND_NS:
            divisor = _EARLY_DIVISOR if now - self._began < _EARLY_NS else _SLEW_DIVISOR
            step = max(now - self._slewed_at, 0) // divisor
            self._offset += max(-step, min(step, error))
        self._slewed_at = now
        return self._offset
