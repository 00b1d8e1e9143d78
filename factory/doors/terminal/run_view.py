"""Shows a run while it lives: in place on a terminal, as lines elsewhere."""

import sys
import time
from typing import Protocol, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from factory.doors.terminal.run_rows import NodeRow, WireRow

LINES_SECONDS = 2.0


class View(Protocol):
    """Somewhere to show a run."""

    def show(self, phase: str, nodes: list[NodeRow], wires: list[WireRow]) -> None:
        """The newest rows; may leave some out where there were others a moment ago."""

    def say(self, text: str) -> None:
        """A line that stays."""

    def close(self) -> None:
        """Nothing more is shown in place."""


def choose_view(out: TextIO = sys.stdout) -> View:
    """The view that suits where the output goes."""
    console = Console(file=out)
    return TerminalView(console) if console.is_terminal else LinesView(out)


class TerminalView:
    """Two tables that change in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def show(self, phase: str, nodes: list[NodeRow], wires: list[WireRow]) -> None:
        self._live.start()
        self._live.update(Group(node_table(phase, nodes), wire_table(wires)), refresh=True)

    def say(self, text: str) -> None:
        self._live.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        self._live.stop()


class LinesView:
    """Plain lines every couple of seconds, and at once when a state changes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._shown_at = -LINES_SECONDS
        self._states: list[tuple[str, str]] = []

    def show(self, phase: str, nodes: list[NodeRow], wires: list[WireRow]) -> None:
        states = [(row.node, row.state) for row in nodes]
        now = time.monotonic()
        if states == self._states and now - self._shown_at < LINES_SECONDS:
            return
        self._states, self._shown_at = states, now
        self.say(f"-- {phase}")
        for node in nodes:
            self.say(describe_node(node))
        for wire in wires:
            self.say(describe_wire(wire))

    def say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()

    def close(self) -> None:
        self._out.flush()


def describe_node(row: NodeRow) -> str:
    """One node as a line."""
    line = f"{row.node:<16} {row.state:<9} restarts {row.restarts}  frames {row.frames:>6}  {row.fps:>5.1f} fps"
    return f"{line}  {row.reason.splitlines()[0]}" if row.reason else line


def describe_wire(row: WireRow) -> str:
    """One wire as a line."""
    latency = "-" if row.latency_ms is None else f"{row.latency_ms:.2f} ms"
    return (
        f"{row.wire:<34} {row.state:<7} {row.format or '-':<7} frames {row.frames:>6}  {row.fps:>5.1f} fps "
        f"{row.kbps:>9.0f} kbit/s  lost {row.lost}  {latency}"
    )


def node_table(title: str, rows: list[NodeRow]) -> Table:
    """The nodes."""
    table = Table(title=title, title_justify="left", expand=True)
    for name in ("node", "state", "reason"):
        table.add_column(name, overflow="fold")
    for name in ("restarts", "frames", "fps"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(row.node, row.state, row.reason, str(row.restarts), str(row.frames), f"{row.fps:.1f}")
    return table


def wire_table(rows: list[WireRow]) -> Table:
    """The wires."""
    table = Table(expand=True)
    for name in ("wire", "state", "format"):
        table.add_column(name, overflow="fold")
    for name in ("frames", "fps", "kbit/s", "lost", "latency ms"):
        table.add_column(name, justify="right")
    for row in rows:
        latency = "-" if row.latency_ms is None else f"{row.latency_ms:.2f}"
        table.add_row(
            *(row.wire, row.state, row.format or "-", str(row.frames), f"{row.fps:.1f}"),
            *(f"{row.kbps:.0f}", str(row.lost), latency),
        )
    return table
