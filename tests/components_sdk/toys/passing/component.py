"""A transform that passes pictures on, or breaks as told."""

import threading
from collections.abc import Mapping
from typing import Any

from components.sdk.component import ParameterRefused, Request, Transform
from components.sdk.frames import Frame, VideoFrame


class Passing(Transform):
    """Breaks by its parameter."""

    hang = threading.Event()

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Refuse, break or hang."""
        if parameters["mode"] == "refuse":
            raise ParameterRefused("mode: refuse is not a mode; use pass")
        if parameters["mode"] == "broken":
            raise ZeroDivisionError("a bug in the handler")
        if parameters["mode"] == "hang":
            self.hang.wait(30)

    def process(self, frame: VideoFrame) -> Frame | None:
        """Pass, drop every second one, replace, or break."""
        if self.parameters["mode"] == "crash":
            raise RuntimeError("a bug in process")
        if self.parameters["mode"] == "half" and frame.y[0, 0] % 2:
            return None
        if self.parameters["mode"] == "replace":
            return VideoFrame.blank(frame.width // 2, frame.height // 2, frame.pts, frame.duration)
        return frame

    def handle_request(self, request: Request) -> None:
        """Echo, or break."""
        if request.kind == "break":
            raise RuntimeError("a bug in a request")
        request.reply(200, request.body)
        request.reply(500, {"second": "answers are ignored"})
