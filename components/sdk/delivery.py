"""Between the ports and the component: which method gets what, and never two that must not meet."""

import contextlib
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

    Each wire's thread holds a lock of its own while a frame is processed, so that the wires of a sink run side
    by side; a change of parameters takes them all, and so meets no frame.
    """

    def __init__(self, component: Component, outputs: dict[str, Output]) -> None:
        self._component = component
        self._outputs = outputs
        self._begun = threading.Event()
        self._busy: dict[int, threading.Lock] = {}
        self._joining = threading.Lock()
        self._told: set[str] = set()

    def configure(self, parameters: dict[str, Any]) -> None:
        """Give the component parameters between two frames; raises what it raises, and then nothing changed.

        Raises:
            TimeoutError: a frame took longer than 10 s.
        """
        with contextlib.ExitStack() as held, self._joining:
            for lock in self._busy.values():
                if not lock.acquire(timeout=_CONFIGURE_SECONDS):
                    raise TimeoutError("the component is stuck in a frame")
                held.callback(lock.release)
            fixed: Mapping[str, Any] = dict(parameters)
            self._component.configure(fixed)
            self._component.parameters = parameters

    def _lock_of_thread(self) -> threading.Lock:
        identity = threading.get_ident()
        lock = self._busy.get(identity)
        if lock is None:
            with self._joining:
                lock = self._busy.setdefault(identity, threading.Lock())
        return lock

    def begin(self, ended: Callable[[BaseException | None], None]) -> threading.Thread | None:
        """The component has started: let frames through, and run a source in its thread."""
        if isinstance(self._component, Transform):
            self._pass_keyframe_requests()
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

    def _pass_keyframe_requests(self) -> None:
        """What a reader behind a transform of encoded media lacks, only the encoder before it can give."""
        for output in self._outputs.values():
            for port in self._component.inputs.values():
                if output.on_keyframe_request is None and port.media_type is output.media_type:
                    output.on_keyframe_request = port.request_keyframe

    def deliver(self, port: str, item: Item) -> None:
        """One item from a wire's thread."""
        if not self._begun.is_set():
            self._begun.wait()
        with self._lock_of_thread():
            if isinstance(self._component, Transform):
                self._transform(self._component, item)
            elif isinstance(self._component, Sink):
                self._component.receive(port, item.as_frame() if isinstance(item, Picture) else item)

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
