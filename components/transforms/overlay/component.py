"""Draws a text, a clock and an image over the picture."""

import datetime
import time
from collections.abc import Mapping
from typing import Any

from PIL import Image

from components.sdk.component import Node, ParameterRefused, Transform
from components.sdk.frames import Frame, VideoFrame
from components.transforms.overlay.drawing import check_colour, draw_text, read_image
from components.transforms.overlay.patch import Patch
from components.transforms.overlay.place import ALIGNMENTS, POSITIONS, place

_SECOND_NS = 1_000_000_000


class Overlay(Transform):
    """Draws anew only what changed, and blends only the boxes that are drawn on."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._wanted: Mapping[str, Any] = {}
        self._image: Image.Image | None = None
        self._first_pts: int | None = None
        self._size = (0, 0)
        self._time = ""
        self._patches: dict[str, Patch] = {}
        self._places: list[tuple[int, int]] = []

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Check and read what can fail; the drawing waits for a frame, whose size it needs."""
        check_colour(parameters["colour"])
        if parameters["position"] not in POSITIONS:
            raise ParameterRefused(f"position must be one of {', '.join(POSITIONS)}, not {parameters['position']!r}")
        if not 0 <= parameters["opacity"] <= 1:
            raise ParameterRefused(f"opacity must be from 0 to 1, not {parameters['opacity']}")
        encoded = parameters["image"].strip()
        self._image = read_image(encoded) if encoded else None
        self._wanted = parameters
        self._size = (0, 0)

    def process(self, frame: VideoFrame) -> Frame:
        """Blend into the frame in place."""
        if self._first_pts is None:
            self._first_pts = frame.pts
        text = self._tell_time(frame.pts)
        if self._size != (frame.width, frame.height):
            self._size, self._time = (frame.width, frame.height), text
            self._draw()
        elif text != self._time:
            self._time = text
            self._draw_clock()
        for patch, (left, top) in zip(self._patches.values(), self._places, strict=True):
            patch.blend(frame, left=left, top=top)
        return frame

    def _tell_time(self, pts: int) -> str:
        """What the clock shows in a frame; it changes once a second."""
        if self._wanted["clock"] == "elapsed":
            seconds = max(pts - (self._first_pts or 0), 0) // _SECOND_NS
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        if self._wanted["clock"] == "time":
            # When the picture was taken, not when it came by here.
            taken = time.time() - (self.clock.now() - pts) / _SECOND_NS
            return f"{datetime.datetime.fromtimestamp(taken, datetime.UTC):%H:%M:%S}"
        return ""

    def _draw(self) -> None:
        """Everything, for a new size or new parameters."""
        self._patches = {}
        opacity = self._wanted["opacity"]
        if opacity == 0:
            self._places = []
            return
        if self._wanted["text"].strip():
            self._patches["text"] = self._patch_of(self._wanted["text"])
        if self._time:
            self._patches["clock"] = self._patch_of(self._time)
        if self._image:
            self._patches["image"] = Patch(self._image, opacity)
        self._place()

    def _draw_clock(self) -> None:
        if "clock" in self._patches:
            self._patches["clock"] = self._patch_of(self._time)
            self._place()

    def _patch_of(self, text: str) -> Patch:
        align = ALIGNMENTS[POSITIONS[self._wanted["position"]][0]]
        image = draw_text(
            text, size=self._wanted["font_size"], colour=self._wanted["colour"], align=align, room=self._size
        )
        return Patch(image, self._wanted["opacity"])

    def _place(self) -> None:
        sizes = [(patch.width, patch.height) for patch in self._patches.values()]
        self._places = place(
            sizes, position=self._wanted["position"], margin=self._wanted["margin"], picture=self._size
        )
