"""A small picture with transparency, prepared once so that blending it into a frame costs a few passes over its box."""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from components.sdk.frames import VideoFrame

Plane = NDArray[np.uint8]
Weights = NDArray[np.uint16]
_BT601 = np.array(
    [[0.257, 0.504, 0.098], [-0.148, -0.291, 0.439], [0.439, -0.368, -0.071]],
    np.float32,
)
_OFFSETS = np.array([16, 128, 128], np.float32)


@dataclasses.dataclass(frozen=True)
class _Layer:
    """One plane of a patch: `frame * keep + add`, in 256ths, gives the blended plane."""

    keep: Weights
    add: Weights
    scratch: Weights

    @classmethod
    def of(cls, values: NDArray[np.float32], alpha: NDArray[np.float32]) -> "_Layer":
        """Of values premultiplied with alpha, alpha from 0 to 1."""
        shares = np.round(alpha * 256)
        # Half of a 256th makes the shift round; the sum stays below 65536.
        add = np.minimum(np.round(values * 256), shares * 255) + 128
        return cls((256 - shares).astype(np.uint16), add.astype(np.uint16), np.empty(alpha.shape, np.uint16))

    def blend(self, plane: Plane, left: int, top: int) -> None:
        """Into a plane, what reaches over its edges being cut off."""
        rows, columns = min(self.keep.shape[0], plane.shape[0] - top), min(self.keep.shape[1], plane.shape[1] - left)
        if rows <= 0 or columns <= 0:
            return
        box = plane[top : top + rows, left : left + columns]
        scratch = self.scratch[:rows, :columns]
        np.multiply(box, self.keep[:rows, :columns], out=scratch)
        np.add(scratch, self.add[:rows, :columns], out=scratch)
        np.right_shift(scratch, 8, out=scratch)
        np.copyto(box, scratch, casting="unsafe")


class Patch:
    """An RGBA image as limited-range I420 with alpha (ITU-R BT.601).

    Args:
        image: mode RGBA.
        opacity: 0 to 1, multiplied into its alpha.

    Attributes:
        width, height: pixels, made even by a transparent last column or row.
    """

    def __init__(self, image: Image.Image, opacity: float) -> None:
        pixels = np.asarray(image, np.float32)
        pixels = np.pad(pixels, ((0, pixels.shape[0] % 2), (0, pixels.shape[1] % 2), (0, 0)))
        self.height, self.width = pixels.shape[:2]
        alpha = pixels[:, :, 3] * np.float32(opacity / 255)
        # Premultiplied, so that averaging four pixels for the colour planes weighs each by its alpha.
        planes = (pixels[:, :, :3] @ _BT601.T + _OFFSETS) * alpha[:, :, None]
        coarse = _halve(alpha)
        self._luma = _Layer.of(planes[:, :, 0], alpha)
        self._colours = [_Layer.of(_halve(planes[:, :, index]), coarse) for index in (1, 2)]

    def blend(self, frame: VideoFrame, *, left: int, top: int) -> None:
        """Draw it into a frame in place; left and top are even and not negative."""
        self._luma.blend(frame.y, left, top)
        for layer, plane in zip(self._colours, (frame.u, frame.v), strict=True):
            layer.blend(plane, left // 2, top // 2)


def _halve(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    halved: NDArray[np.float32] = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3), dtype=np.float32)
    return halved
