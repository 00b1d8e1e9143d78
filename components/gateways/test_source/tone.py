"""The sound of the test source: silence, a steady tone, or a beep at each whole second, in blocks of 20 ms."""

import numpy as np

from components.sdk.frames import Samples

SAMPLE_RATE = 48000
BLOCK_SAMPLES = 960
BLOCK_NS = 20_000_000
_BLOCKS_A_SECOND = SAMPLE_RATE // BLOCK_SAMPLES
_BEEP_BLOCKS = 5


class Tone:
    """One second of stereo sound, made once: with whole hertz it joins its own beginning without a click.

    Args:
        kind: "off", "steady" or "beep" (100 ms from each whole second, from the zero of the wave).
        hertz: pitch, a whole number.
        decibels: loudness of the peak below full scale, at most 0.
    """

    def __init__(self, *, kind: str, hertz: int, decibels: float) -> None:
        time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
        wave = np.sin(2 * np.pi * hertz * time) * 32767 * 10 ** (decibels / 20)
        sounding = {"off": 0, "steady": _BLOCKS_A_SECOND, "beep": _BEEP_BLOCKS}[kind] * BLOCK_SAMPLES
        wave[sounding:] = 0
        self._second: Samples = np.repeat(np.round(wave).astype(np.int16)[:, None], 2, axis=1)

    def block(self, number: int) -> Samples:
        """The samples (960, 2) of a block; block 0 begins at the source's start. A view: do not write to it."""
        start = number % _BLOCKS_A_SECOND * BLOCK_SAMPLES
        return self._second[start : start + BLOCK_SAMPLES]
