"""Between the ports and the component: which method gets what, and never two that must not meet."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from components.sdk.component import Component, Sink, Source, Transform
from components.sdk.decoders import Picture
from components.sdk.frames import AudioFrame, DataMessage, EncodedFrame, Frame
from components.sdk.input import Item
from components.sdk.output import Output

_CONFIGURE_SECONDS = 10.0


class Delivery:
    """Calls the component: frames from the wires' threads, parameters from the node's.

    A transform's frames and all changes of parameters exclude each other. A sink's wires run side by side,
    so it only shares the lock with parameters, as readers share one with a writer.
    """

    def __init__(self, component: Component, outputs: dict[str, Output]) -> None:
        self._component = component
        self._outputs = outputs
        self._begun = threading.Event()
        self._turns = threading.Condition()
        self._busy = 0
        self._changing = False
        self._told: set[str] = set()

    def configure(self, parameters: dict[str, Any]) -> None:
        """Give the component parameters between two frames; raises what it raises, and then nothing changed.

        Raises:
            TimeoutError: a frame took longer than 10 s.
        """
        with self._turns:
            self._changing = True
            if not self._turns.wait_for(lambda: not self._busy, _CONFIGURE_SECONDS):
                self._changing = False
                self._turns.notify_all()
                raise TimeoutError("the component is stuck in a frame")
        try:
            fixed: Mapping[str, Any] = dict(parameters)
            self._component.configure(fixed)
            self._component.parameters = parameters
        finally:
            with self._turns:
                self._changing = False
                self._turns.notify_all()

    def begin(self, ended: Callable[[BaseException | None], None]) -> threading.Thread | None:
        """The component has started: let frames through, and run a source in its thread."""
        self._begun.set()
        if not isinstance(self._component, Source):
            return None
        source = self._component

        def run() -> None:
            try:
                source.run()
            except BaseException as error:  # Whatever the component raised ends the instance.
                ended(error)
            else:
                ended(None)

        thread = threading.Thread(target=run, name="source", daemon=True)
        thread.start()
        return thread

    def deliver(self, port: str, item: Item) -> None:
        """One item from a wire's thread."""
        self._begun.wait()
        with self._turns:
            self._turns.wait_for(lambda: not self._changing)
            self._busy += 1
        try:
            if isinstance(self._component, Transform):
                self._transform(self._component, item)
            elif isinstance(self._component, Sink):
                self._component.receive(port, item.as_frame() if isinstance(item, Picture) else item)
        finally:
            with self._turns:
                self._busy -= 1
                self._turns.notify_all()

    def _transform(self, component: Transform, item: Item) -> None:
        output = next(iter(self._outputs.values()))
        if not isinstance(item, Picture):
            result = self._process(component, item)
            if result is not None:
                output.write(result)
            return
        frame = output.new_frame(item.width, item.height, pts=item.pts, duration=item.duration)
        item.copy_to(frame.data)
        try:
            result = component.process(frame)
            if result is not None:
                output.write(result)
        finally:
            output.discard(frame)

    @staticmethod
    def _process(component: Transform, item: AudioFrame | EncodedFrame | DataMessage) -> Frame | None:
        if isinstance(item, AudioFrame):
            return component.process_audio(item)
        if isinstance(item, EncodedFrame):
            return component.process_encoded(item)
        return component.process_data(item)

    def ended(self, port: str) -> None:
        """Every wire of a port has ended: tell a sink, once."""
        if isinstance(self._component, Sink) and port not in self._told:
            self._told.add(port)
            self._component.ended(port)

    def stop(self) -> None:
        """The last frame is through: let the component close what it has open, if it ever started."""
        if self._begun.is_set():
            self._component.stop()
