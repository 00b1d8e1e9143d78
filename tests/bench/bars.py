"""What a bar is, and how a measurement is held against it."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


@dataclasses.dataclass(frozen=True)
class Bar:
    """One measurement beside its bar; both are at most's.

    Attributes:
        name: what is measured; `make bench ONLY=<name>` measures it alone.
        value: in `unit`.
        bar: the most that `value` may be.
        compared_with: the command or code measured in the same run, or None where the bar is absolute.
        compared_value: what that took, in `unit`.
        ratio_bar: the most that the ratio may be, where there is one.
        command: how to measure it again.
        note: what a reader should know: spread, sizes, how often.
    """

    name: str
    value: float
    unit: str
    bar: float
    compared_with: str | None = None
    compared_value: float | None = None
    ratio_bar: float | None = None
    command: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value over what it is compared with."""
        if self.compared_value is None:
            return None
        return self.value / self.compared_value

    @property
    def holds(self) -> bool:
        """Whether the value, and the ratio where it has a bar, are within it; what is not a number never is."""
        within = self.value <= self.bar
        if self.ratio_bar is not None:
            within = within and self.ratio is not None and self.ratio <= self.ratio_bar
        return within

    def as_object(self) -> dict[str, Any]:
        """As it stands in `out/bench.json`."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "bar": self.bar,
            "compared_with": self.compared_with,
            "compared_value": None if self.compared_value is None else round(self.compared_value, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "ratio_bar": self.ratio_bar,
            "holds": self.holds,
            "command": self.command or f"make bench ONLY={self.name}",
            "note": self.note,
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share (0 to 1) of the values is not above, by the nearest rank.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def as_table(bars: Sequence[Bar]) -> str:
    """For people: one row a bar."""
    rows = [("bar", "value", "at most", "beside", "ratio", "at most", "holds")]
    for bar in bars:
        rows.append(
            (
                bar.name,
                f"{bar.value:.3g} {bar.unit}",
                f"{bar.bar:g}",
                "-" if bar.compared_value is None else f"{bar.compared_value:.3g} {bar.unit}",
                "-" if bar.ratio is None else f"{bar.ratio:.2f}",
                "-" if bar.ratio_bar is None else f"{bar.ratio_bar:g}",
                "yes" if bar.holds else "NO",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines + [f"{bar.name}: {bar.note}" for bar in bars if bar.note])


def write(bars: Sequence[Bar], path: Path) -> None:
    """Write the objects, keeping those of bars that were not measured this time."""
    kept: dict[str, Any] = {}
    if path.is_file():
        kept = {one["name"]: one for one in json.loads(path.read_text())}
    kept |= {bar.name: bar.as_object() for bar in bars}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([kept[name] for name in sorted(kept)], indent=1) + "\n")
