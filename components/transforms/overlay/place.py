"""Where things stand in a picture: nine positions, one below the other."""

from collections.abc import Sequence

POSITIONS: dict[str, tuple[int, int]] = {
    "top-left": (0, 0),
    "top": (1, 0),
    "top-right": (2, 0),
    "left": (0, 1),
    "centre": (1, 1),
    "right": (2, 1),
    "bottom-left": (0, 2),
    "bottom": (1, 2),
    "bottom-right": (2, 2),
}
"""By name: halves of the free room to the left and above."""
ALIGNMENTS = ("left", "center", "right")
_GAP = 8


def place(
    sizes: Sequence[tuple[int, int]], *, position: str, margin: int, picture: tuple[int, int]
) -> list[tuple[int, int]]:
    """Where boxes stand when stacked from the top: (left, top) of each, even and never negative.

    Args:
        sizes: (width, height) of each box.
        position: a key of `POSITIONS`.
        margin: pixels between the stack and the picture's edges.
        picture: (width, height).
    """
    across, down = POSITIONS[position]
    height = sum(size[1] for size in sizes) + _GAP * (len(sizes) - 1)
    top = margin + max(picture[1] - 2 * margin - height, 0) * down // 2
    places = []
    for wide, high in sizes:
        left = margin + max(picture[0] - 2 * margin - wide, 0) * across // 2
        places.append((left & ~1, top & ~1))
        top += high + _GAP
    return places
