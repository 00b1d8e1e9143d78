import inspect
import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from components.contract.manifest import load_manifest
from components.contract.media_types import Format, MediaType
from components.contract.node_states import NodeState
from components.gateways.test_source.clock_code import read_clock
from components.gateways.test_source.component import TestSource
from components.gateways.test_source.pattern import read_flash
from components.sdk.artifacts import ArtifactFile
from components.sdk.frames import AudioFrame, EncodedFrame, Frame, VideoFrame
from components.sdk.input import Input
from components.sdk.output import Output
from components.sdk.run_clock import RunClock
from components.sdk.testing import Harness
from components.sdk.testing_wires import wait_until

SMALL = {"width": 320, "height": 180}
SECOND = 1_000_000_000


def pictures(frames: list[Frame]) -> list[VideoFrame]:
    return [frame for frame in frames if isinstance(frame, VideoFrame)]


def sounds(frames: list[Frame]) -> list[AudioFrame]:
    return [frame for frame in frames if isinstance(frame, AudioFrame)]


def find_start(frame: VideoFrame, rate: int = 30) -> int:
    """When the source began, by the clock in one of its pictures; wires may be attached after the first of them."""
    milliseconds = read_clock(frame.y)
    assert milliseconds is not None
    return frame.pts - round(milliseconds * rate / 1000) * SECOND // rate


def wait_for(harness: Harness, elapsed: int) -> None:
    """Until the source's own clock has passed a time."""

    def passed() -> bool:
        video = pictures(harness.collected["video"])
        return bool(video) and video[-1].pts - find_start(video[0]) > elapsed

    wait_until(passed, f"the source runs for {elapsed / 1e9:g} s")


def test_picture_and_sound_are_one_clock() -> None:
    with Harness(TestSource, parameters=SMALL) as harness:
        wait_for(harness, SECOND + SECOND // 5)
        result = harness.finish()
    video, audio = pictures(result.outputs["video"]), sounds(result.outputs["audio"])
    start = find_start(video[0])
    grid = {number * SECOND // 30 for number in range(900)}
    assert {frame.pts - start for frame in video} <= grid
    assert [read_clock(frame.y) for frame in video] == [(frame.pts - start) // 1_000_000 for frame in video]
    assert {(block.pts - start) % 20_000_000 for block in audio} == {0}
    marked = {frame.pts for frame in video if (frame.pts - start) % SECOND < 100_000_000}
    assert {frame.pts for frame in video if read_flash(frame.y)} == marked
    marked = {block.pts for block in audio if (block.pts - start) % SECOND < 100_000_000}
    assert {block.pts for block in audio if np.abs(block.samples).max() > 0} == marked
    assert result.exit_code == 0


def test_it_is_encoded_where_a_wire_wants_that() -> None:
    formats = {"video": [Format.H264], "audio": [Format.OPUS]}
    with Harness(TestSource, parameters=SMALL, formats=formats) as harness:
        wait_until(lambda: all(harness.collected[port] for port in formats), "picture and sound come")
        result = harness.finish()
    for port, fmt in (("video", Format.H264), ("audio", Format.OPUS)):
        frames = [frame for frame in result.outputs[port] if isinstance(frame, EncodedFrame)]
        assert frames
        assert {frame.format for frame in frames} == {fmt}


def test_pattern_tone_and_clock_change_while_it_runs() -> None:
    with Harness(TestSource, parameters={**SMALL, "tone": "off", "clock": False}) as harness:
        wait_until(lambda: harness.collected["video"] and harness.collected["audio"], "media comes")
        assert harness.configure(pattern="ball", tone="steady", clock=True).refused is None
        before = len(harness.collected["video"]), len(harness.collected["audio"])
        # One of each may have been on its way.
        wait_until(lambda: len(harness.collected["video"]) > before[0] + 2, "more pictures come")
        wait_until(lambda: len(harness.collected["audio"]) > before[1] + 2, "more sound comes")
        result = harness.finish()
    assert read_clock(pictures(result.outputs["video"])[0].y) is None
    assert read_clock(pictures(result.outputs["video"])[-1].y) is not None
    assert np.abs(sounds(result.outputs["audio"])[0].samples).max() == 0
    assert np.abs(sounds(result.outputs["audio"])[-1].samples).max() > 0


def test_frames_stay_on_whole_seconds_when_their_rate_changes() -> None:
    with Harness(TestSource, parameters={**SMALL, "frame_rate": 30}) as harness:
        wait_for(harness, SECOND // 5)
        assert harness.configure(frame_rate=50).refused is None
        wait_for(harness, SECOND + SECOND // 10)
        video = pictures(harness.finish().outputs["video"])
    stamps = [frame.pts - find_start(video[0]) for frame in video]
    assert {frame.duration for frame in video} == {SECOND // 30, SECOND // 50}
    fast = [stamp for stamp, frame in zip(stamps, video, strict=True) if frame.duration == SECOND // 50]
    assert {stamp % (SECOND // 50) for stamp in fast} == {0}
    assert fast[-1] > SECOND
    assert all(later > earlier for earlier, later in itertools.pairwise(stamps))


def test_a_source_that_is_late_skips_what_it_missed_and_says_so() -> None:
    with Harness(TestSource, parameters=SMALL) as harness:
        wait_for(harness, SECOND // 10)
        # What a suspended machine looks like: the run's clock jumped three seconds.
        now = time.monotonic_ns()
        harness.node.clock.measure(hello_ns=now, agent_ns=now + 3 * SECOND)
        wait_for(harness, 3 * SECOND)
        result = harness.finish()
    assert result.measures["frames_skipped"] >= 80
    assert result.measures["blocks_skipped"] >= 130
    video = pictures(result.outputs["video"])
    stamps = [frame.pts - find_start(video[0]) for frame in video]
    assert max(later - earlier for earlier, later in itertools.pairwise(stamps)) > 2 * SECOND
    assert set(stamps) <= {number * SECOND // 30 for number in range(900)}


def test_odd_sizes_are_refused() -> None:
    with Harness(TestSource, parameters=SMALL) as harness:
        refused = harness.configure(width=321).refused
    assert refused
    assert "even" in refused["reason"]


def test_what_breaks_in_one_thread_ends_both(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, number: int) -> None:
        raise RuntimeError("no sound")

    monkeypatch.setattr("components.gateways.test_source.tone.Tone.block", broken)
    node = PlainNode()
    source = TestSource(node)
    parameters = load_manifest(Path(inspect.getfile(TestSource)).parent).with_defaults(SMALL)
    source.configure(parameters)
    source.parameters = parameters
    with pytest.raises(RuntimeError, match="no sound"):
        source.run()
    assert not node.stopping.is_set()


class PlainNode:
    """A node whose outputs lead nowhere."""

    def __init__(self) -> None:
        self.clock = RunClock()
        self.inputs: dict[str, Input] = {}
        self.outputs = {
            str(one): Output(
                str(one), media_type=one, formats=(), wires=1, clock=self.clock, want_ring=lambda _size: None
            )
            for one in (MediaType.VIDEO, MediaType.AUDIO)
        }
        self.stopping = threading.Event()

    def set_state(self, state: NodeState, reason: str) -> None:
        raise AssertionError((state, reason))

    def open_artifact(self, name: str, media_type: str) -> ArtifactFile:
        raise AssertionError((name, media_type))
