"""What every container runs: `python -m components.sdk.runner components/transforms/overlay`."""

import importlib
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from components.contract.messages import CONTROL_DIRECTORY, CONTROL_ENVIRONMENT, CONTROL_SOCKET
from components.contract.node_states import ExitCode
from components.sdk.component import Component, Sink, Source, Transform
from components.sdk.node import Node

_BASES = (Component, Source, Transform, Sink)
_ENDING = (signal.SIGTERM, signal.SIGINT)


class ComponentMissing(Exception):
    """The folder holds no component; the text says what is missing."""


def load_component(folder: Path) -> type[Component]:
    """The one subclass of `Component` that `component.py` in the folder defines.

    Raises:
        ComponentMissing: no file, or not exactly one class.
    """
    if not (folder / "component.py").is_file():
        raise ComponentMissing(f"{folder} has no component.py")
    name = ".".join((*_package(folder), "component"))
    module = importlib.import_module(name)
    classes = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Component) and one not in _BASES and one.__module__ == name
    ]
    if len(classes) != 1:
        raise ComponentMissing(f"{folder}/component.py must define one component, not {len(classes)}")
    return classes[0]


def _package(folder: Path) -> tuple[str, ...]:
    """Dotted path of the folder; where it is outside the installation, its parent becomes importable."""
    root = Path(__file__).resolve().parents[2]
    resolved = folder.resolve()
    if resolved.is_relative_to(root):
        return resolved.relative_to(root).parts
    sys.path.insert(0, str(resolved.parent))
    return (resolved.name,)


def _drain_on_signal(node: Node) -> None:
    """Begin the end on SIGTERM or SIGINT, whichever thread the kernel hands it to.

    Python calls handlers in the main thread alone, once that runs again, and a main thread that waits for a job is
    not woken by a signal that another thread took (one that starts a thread unblocks its signals). The byte in the pipe
    is written at once by the thread that takes it (`signal.set_wakeup_fd`).
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in _ENDING:
        signal.signal(number, lambda _number, _frame: None)

    def listen() -> None:
        while os.read(reading, 1)[0] not in _ENDING:
            continue  # A signal that the component itself has a handler for.
        node.drain()

    threading.Thread(target=listen, name="signals", daemon=True).start()


def main(arguments: list[str]) -> int:
    """Run the component of the folder given; returns the exit code."""
    logging.basicConfig(
        level=os.environ.get("FACTORY_LOG_LEVEL", "INFO"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m components.sdk.runner COMPONENT_FOLDER\n")
        return ExitCode.MISCONFIGURED
    try:
        component = load_component(Path(arguments[0]))
    except ComponentMissing as error:
        logging.getLogger(__name__).error("%s", error)
        return ExitCode.MISCONFIGURED
    path = os.environ.get(CONTROL_ENVIRONMENT, f"{CONTROL_DIRECTORY}/{CONTROL_SOCKET}")
    node = Node(component, path)
    _drain_on_signal(node)
    code = node.run()
    logging.shutdown()
    # Threads of a component that did not end must not keep the container alive.
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
