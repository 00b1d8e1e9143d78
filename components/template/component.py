"""Makes the picture brighter or darker."""

import numpy as np

from components.sdk.component import Transform
from components.sdk.frames import VideoFrame


class Template(Transform):
    """Adds to the luma of every point; what leaves the range 0 to 255 stays at its end."""

    def process(self, frame: VideoFrame) -> VideoFrame:
        """Edit the picture in place, in the memory that the output sends from."""
        frame.y[:] = np.clip(frame.y.astype(np.int16) + self.parameters["brightness"], 0, 255)
        return frame
