"""The editor as a person works with it: the palette, ports and wires by pointer, and what the page then shows."""

from playwright.sync_api import FloatRect, Locator, Page, expect

_STEPS = 8
"""Movements of the pointer in one drag; the page follows each of them."""


class Canvas:
    """An open editor.

    Args:
        page: at the address of a pipeline.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.run_button = page.get_by_role("button", name="Run", exact=True)
        self.stop_button = page.get_by_role("group", name="Run").get_by_role("button", name="Stop")
        self.save_state = page.locator("button.save-state")
        self.run_state = page.locator(".run-state")
        self.toast = page.locator(".toast")
        self.hint = page.locator(".connection-hint")

    def wait_until_open(self) -> None:
        """Return once the canvas is drawn and its status is live."""
        self.page.locator(".react-flow").wait_for()
        self.page.locator("html[data-live=live]").wait_for(state="attached")

    def node(self, name: str) -> Locator:
        """A node on the canvas."""
        return self.page.locator(f'.react-flow__node[data-id="{name}"]')

    def port(self, end: str) -> Locator:
        """A port, named as in a pipeline file: `camera.video`, of whichever side has that name first."""
        node, _, port = end.partition(".")
        return self.node(node).locator(f'.react-flow__handle[data-handleid="{port}"]')

    def output(self, end: str) -> Locator:
        """An output, named as in a pipeline file."""
        return self.port(end).and_(self.page.locator(".source"))

    def input(self, end: str) -> Locator:
        """An input, named as in a pipeline file."""
        return self.port(end).and_(self.page.locator(".target"))

    def wire(self, wire: str) -> Locator:
        """A wire by its id: `camera.video->watch.video`."""
        return self.page.locator(f'.react-flow__edge[data-id="{wire}"]')

    def status(self, node: str) -> Locator:
        """The words on a node's foot."""
        return self.node(node).locator(".node-foot .node-status")

    def field(self, label: str) -> Locator:
        """A field of the selected node's form."""
        return self.page.get_by_role("tabpanel").get_by_label(label, exact=True)

    def parameter(self, name: str) -> Locator:
        """All that is shown of one parameter: label, tick, field, what is wrong."""
        return self.page.locator(f'[data-parameter="{name}"]')

    def drag_component(self, title: str, x: float, y: float) -> None:
        """Carry a component from the palette to a point of the canvas, given as a share of its width and height."""
        box = _box(self.page.locator(".react-flow"))
        option = self.page.locator("#palette").get_by_role("option", name=title)
        self._drag(_middle(option), (box["x"] + x * box["width"], box["y"] + y * box["height"]))

    def carry_wire(self, start: Locator, end: Locator) -> None:
        """Pull a wire from a port to a place, and hold it there."""
        start.hover()
        self.page.mouse.down()
        self._move(_middle(start), _middle(end))

    def draw_wire(self, start: Locator, end: Locator) -> None:
        """Pull a wire from a port to a place, and let go."""
        self.carry_wire(start, end)
        self.page.mouse.up()

    def pull_wire_to(self, start: Locator, x: float, y: float) -> None:
        """Pull a wire from a port to a point of the canvas, given as a share of its width and height."""
        box = _box(self.page.locator(".react-flow"))
        self._drag(_middle(start), (box["x"] + x * box["width"], box["y"] + y * box["height"]))

    def select(self, node: str) -> None:
        """Click a node; its form is shown."""
        self.node(node).locator(".node-head").click()
        self.page.get_by_role("heading", name=node, exact=True).wait_for()

    def wait_until_saved(self) -> None:
        """Return once everything drawn is kept by the server."""
        expect(self.save_state).to_have_attribute("data-state", "saved")

    def wait_for_status(self, node: str, word: str, seconds: float = 30) -> None:
        """Return once a node's state is this word."""
        expect(self.status(node).locator(".node-status-word")).to_have_text(word, timeout=seconds * 1000)

    def wait_for_run(self, word: str, seconds: float = 30) -> None:
        """Return once the run is said to be so."""
        expect(self.run_state.locator(".run-word")).to_have_text(word, timeout=seconds * 1000)

    def watch_statuses(self, node: str) -> None:
        """Keep every sentence that a node's status says from now on, for `said`; some stand for a moment only."""
        self.status(node).evaluate(_WATCH, "aria-label")

    def said(self, node: str) -> list[str]:
        """What a node's status has said since `watch_statuses`, in order."""
        return list(self.status(node).evaluate("(status) => status.said"))

    def state_and_attempt(self, node: str) -> tuple[str, int]:
        """What a node's foot says of it."""
        status = self.status(node)
        word = status.locator(".node-status-word").inner_text()
        attempts = status.locator(".node-status-attempts").all_inner_texts()
        return word, int(attempts[0].removeprefix("attempt ")) if attempts else 1

    def watch_connection(self) -> None:
        """Keep how the live connection is from now on, for `connections`."""
        self.page.locator("html").evaluate(_WATCH, "data-live")

    def connections(self) -> list[str]:
        """How the live connection has been since `watch_connection`, in order."""
        return list(self.page.locator("html").evaluate("(html) => html.said"))

    def _drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self._move(start, end)
        self.page.mouse.up()

    def _move(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        for step in range(1, _STEPS + 1):
            share = step / _STEPS
            self.page.mouse.move(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


_WATCH = """(place, attribute) => {
    place.said = [place.getAttribute(attribute)];
    new MutationObserver(() => {
        const now = place.getAttribute(attribute);
        if (place.said.at(-1) !== now) place.said.push(now);
    }).observe(place, {attributes: true, attributeFilter: [attribute]});
}"""


def _box(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box, f"{place} is not to be seen"
    return box


def _middle(place: Locator) -> tuple[float, float]:
    box = _box(place)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
