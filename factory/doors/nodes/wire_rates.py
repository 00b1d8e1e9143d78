"""What the canvas shows of a wire, derived from the counters of its two ends. Pure."""

import collections
import dataclasses
from typing import Any

WINDOW_NS = 900_000_000
"""Rates are taken over at least this long."""
_MAX_SAMPLES = 64


@dataclasses.dataclass
class Total:
    """A counter that goes on when an instance is replaced and its own counter begins anew."""

    base: int = 0
    last: int = 0

    def follow(self, value: int) -> int:
        """Take the counter's newest value; returns the total over all instances."""
        if value < self.last:
            self.base += self.last
        self.last = value
        return self.base + value

    @property
    def value(self) -> int:
        """The total."""
        return self.base + self.last


class WireRates:
    """One wire's newest counters from both ends."""

    def __init__(self) -> None:
        self._input: dict[str, Any] = {}
        self._output: dict[str, Any] = {}
        self._frames, self._bytes = Total(), Total()
        self._lost, self._dropped = Total(), Total()
        self._samples: collections.deque[tuple[int, int, int]] = collections.deque(maxlen=_MAX_SAMPLES)

    def hear_input(self, counters: dict[str, Any], *, now_ns: int) -> None:
        """What the reading end counts.

        Raises:
            TypeError, ValueError: the counters are no numbers.
        """
        self._input = counters
        frames = self._frames.follow(_count(counters, "frames"))
        size = self._bytes.follow(_count(counters, "bytes"))
        self._lost.follow(_count(counters, "lost"))
        self._samples.append((now_ns, frames, size))

    def hear_output(self, counters: dict[str, Any]) -> None:
        """What the writing end counts.

        Raises:
            TypeError, ValueError: the counters are no numbers.
        """
        self._output = counters
        self._dropped.follow(_count(counters, "dropped"))

    def shown(self, *, now_ns: int, generation: int | None) -> dict[str, Any]:
        """Live or not, format, frames, fps, kbit/s, losses, latency in ms, messages unread."""
        fps, kbps = self._rates(now_ns)
        hop_us = self._input.get("hop_us")
        return {
            "live": generation is not None,
            "generation": generation,
            "format": str(self._input.get("format") or self._output.get("format") or ""),
            "frames": self._frames.value,
            "fps": fps,
            "kbps": kbps,
            # What the writer dropped is a gap that the reader sees too: counted once.
            "lost": max(self._lost.value, self._dropped.value),
            "latency_ms": None if hop_us is None else round(float(hop_us) / 1000, 3),
            "unread": _count(self._output, "unread"),
        }

    def _rates(self, now_ns: int) -> tuple[float, float]:
        """Over the last second or so; nothing heard for three means nothing flows."""
        if not self._samples or now_ns - self._samples[-1][0] > 3_000_000_000:
            return 0.0, 0.0
        newest = self._samples[-1]
        for oldest in reversed(self._samples):
            if newest[0] - oldest[0] >= WINDOW_NS:
                seconds = (newest[0] - oldest[0]) / 1e9
                return (
                    round((newest[1] - oldest[1]) / seconds, 1),
                    round((newest[2] - oldest[2]) * 8 / 1000 / seconds, 1),
                )
        return 0.0, 0.0


def _count(counters: dict[str, Any], name: str) -> int:
    return int(counters.get(name) or 0)
