"""Takes the colour out of a picture, wholly or in part; the brightness is not touched."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.sdk.component import Node, ParameterRefused, Transform
from components.sdk.frames import Frame, VideoFrame

_NEUTRAL = 128


class Grayscale(Transform):
    """Pulls both colour planes towards neutral by a table of 256 values."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._strength = 0.0
        self._table: NDArray[np.uint8] = make_table(0.0)

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Make the table of a strength."""
        strength = float(parameters["strength"])
        if not 0 <= strength <= 1:
            raise ParameterRefused(f"strength must be from 0 to 1, not {strength:g}")
        self._strength, self._table = strength, make_table(strength)

    def process(self, frame: VideoFrame) -> Frame:
        """Edit the colour of a frame in place."""
        colour = frame.data[frame.width * frame.height :]
        if self._strength == 1:
            colour[:] = _NEUTRAL
        elif self._strength > 0:
            np.take(self._table, colour, out=colour, mode="clip")
        return frame


def make_table(strength: float) -> NDArray[np.uint8]:
    """What each of the 256 chroma values becomes; 128 is no colour."""
    values = np.arange(256) - _NEUTRAL
    return np.round(_NEUTRAL + values * (1 - strength)).astype(np.uint8)
