"""Sound and pictures on one clock, whatever the network does to their arrival."""

import itertools
import random

from components.sdk.webrtc_timeline import SessionTimeline, TrackTimeline

_MS = 1_000_000
_S = 1_000_000_000
_NTP_EPOCH = 3_900_000_000 * _S


class Stream:
    """One stream as sent: captured at run time `c`, stamped, and arriving after a delay that varies."""

    def __init__(
        self, timeline: TrackTimeline, rate: int, first_rtp: int, interval: int, delay: int, seed: int
    ) -> None:
        self.timeline = timeline
        self.errors: list[int] = []
        self.stamps: list[int] = []
        self.interval = interval
        self._rate = rate
        self._first_rtp = first_rtp
        self._delay = delay
        self._random = random.Random(seed)

    def rtp(self, captured: int) -> int:
        """The 32-bit RTP timestamp of a moment."""
        return (self._first_rtp + captured * self._rate // _S) % 2**32

    def send(self, captured: int) -> None:
        """One unit arrives."""
        arrived = captured + self._delay + self._random.randrange(5 * _MS)
        pts = self.timeline.pts(self.rtp(captured), arrived)
        self.stamps.append(pts)
        self.errors.append(pts - captured)

    def report(self, captured: int, wall_offset: int = 0) -> None:
        """A sender report of this moment arrives."""
        ntp = _NTP_EPOCH + captured + wall_offset
        self.timeline.report((ntp << 32) // _S, self.rtp(captured))


def _session(video_delay: int = 120 * _MS, audio_delay: int = 30 * _MS) -> tuple[Stream, Stream]:
    session = SessionTimeline()
    video = Stream(session.new_track(90_000), 90_000, 2**32 - 1000, 33_333_333, video_delay, 1)
    audio = Stream(session.new_track(48_000), 48_000, 5, 20_000_000, audio_delay, 2)
    return video, audio


def _play(streams: tuple[Stream, ...], begin: int, end: int) -> None:
    events = [(at, index) for index, one in enumerate(streams) for at in range(begin, end, one.interval)]
    for at, index in sorted(events):
        streams[index].send(at)


def test_sender_reports_bring_sound_and_pictures_together() -> None:
    video, audio = _session()
    _play((video, audio), _S, 3 * _S)
    assert video.errors[-1] - audio.errors[-1] > 80 * _MS
    video.report(3 * _S)
    audio.report(3 * _S + 7 * _MS)
    _play((video, audio), 3 * _S, 6 * _S)
    assert abs(video.errors[-1] - audio.errors[-1]) < 3 * _MS


def test_pts_never_run_backwards_and_never_jump() -> None:
    video, audio = _session()
    _play((video, audio), _S, 2 * _S)
    for second in range(2, 30):
        video.report(second * _S)
        if second % 5 == 0:
            audio.report(second * _S)
        _play((video, audio), second * _S, (second + 1) * _S)
    for stream in (video, audio):
        steps = [after - before for before, after in itertools.pairwise(stream.stamps)]
        assert min(steps) > 0
        assert max(steps) < stream.interval * 3 // 2


def test_timestamps_wrap_without_a_trace() -> None:
    video, _audio = _session()
    _play((video,), 0, 2 * _S)
    assert video.rtp(0) > video.rtp(2 * _S)
    assert max(video.errors) - min(video.errors) < 10 * _MS


def test_a_unit_out_of_order_does_not_look_like_a_wrap() -> None:
    timeline = SessionTimeline().new_track(90_000)
    first = timeline.pts(90_000, _S)
    timeline.pts(180_000, 2 * _S)
    timeline.pts(177_000, 2 * _S)
    assert abs(timeline.pts(270_000, 3 * _S) - first - 2 * _S) < _MS


def test_a_slow_first_unit_is_mended_within_two_seconds() -> None:
    video, _audio = _session(video_delay=20 * _MS)
    video.timeline.pts(video.rtp(0), 300 * _MS)
    _play((video,), 33_333_333, 2 * _S)
    assert video.errors[-1] < 30 * _MS


def test_a_clock_that_drifts_is_followed() -> None:
    timeline = SessionTimeline().new_track(48_000)
    for at in range(0, 120 * _S, 20 * _MS):
        drifted = at + at // 2000
        pts = timeline.pts(at * 48_000 // _S % 2**32, drifted)
    assert abs(pts - drifted) < 15 * _MS


def test_a_wall_clock_that_is_set_leaves_both_together() -> None:
    video, audio = _session(video_delay=40 * _MS)
    for stream in (video, audio):
        _play((stream,), 0, 20 * _MS)
        stream.report(0)
    _play((video, audio), 20 * _MS, 3 * _S)
    video.report(3 * _S, wall_offset=3600 * _S)
    _play((video, audio), 3 * _S, 5 * _S)
    audio.report(5 * _S, wall_offset=3600 * _S)
    _play((video, audio), 5 * _S, 8 * _S)
    assert abs(video.errors[-1] - audio.errors[-1]) < 5 * _MS
    assert min(after - before for before, after in itertools.pairwise(video.stamps)) > 0


def test_a_stream_that_begins_anew_goes_on_behind_the_old_one() -> None:
    timeline = SessionTimeline().new_track(90_000)
    before = timeline.pts(1000, 5 * _S)
    timeline.restart()
    after = timeline.pts(4_000_000_000, 5 * _S + 40 * _MS)
    assert after == before + 40 * _MS
