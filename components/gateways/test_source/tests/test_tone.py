import numpy as np
import pytest

from components.gateways.test_source.tone import Tone


def loud(tone: Tone, block: int) -> bool:
    return bool(np.abs(tone.block(block)).max() > 0)


def test_a_beep_lasts_100_ms_from_each_whole_second() -> None:
    tone = Tone(kind="beep", hertz=1000, decibels=-18)
    assert [block for block in range(120) if loud(tone, block)] == [0, 1, 2, 3, 4, 50, 51, 52, 53, 54, *range(100, 105)]


def test_a_beep_begins_with_its_first_sample() -> None:
    block = Tone(kind="beep", hertz=1000, decibels=0).block(50)
    assert block.shape == (960, 2)
    assert block[0].tolist() == [0, 0]
    assert block[1].min() > 3000


def test_a_steady_tone_never_stops_and_joins_without_a_click() -> None:
    tone = Tone(kind="steady", hertz=441, decibels=-6)
    sound = np.concatenate([tone.block(block) for block in range(100)])[:, 0].astype(int)
    largest = 32767 * 10 ** (-6 / 20)
    assert np.abs(np.diff(sound)).max() <= largest * 2 * np.pi * 441 / 48000 + 2
    assert np.abs(sound).max() == pytest.approx(largest, abs=2)


def test_it_has_the_pitch_asked_for() -> None:
    tone = Tone(kind="steady", hertz=1000, decibels=-6)
    second = np.concatenate([tone.block(block) for block in range(50)])[:, 0]
    assert int(np.abs(np.fft.rfft(second)).argmax()) == 1000


def test_off_is_silent_throughout() -> None:
    tone = Tone(kind="off", hertz=1000, decibels=0)
    assert not any(loud(tone, block) for block in range(50))
