"""A browser's own encoders and network stack against the WHIP gateway, without the rest of the factory."""

import contextlib
import http.server
import itertools
import json
import threading
import time
from collections.abc import Iterator

import av
import pytest

from components.contract.media_types import Format
from components.gateways.whip_in.component import WhipIn
from components.sdk.frames import EncodedFrame
from components.sdk.testing import Harness
from components.sdk.testing_wires import wait_until
from tests.journeys.publisher import open_publisher, publish, unpublish

pytestmark = pytest.mark.browser


def _door(harness: Harness) -> type[http.server.BaseHTTPRequestHandler]:
    """The least of a WHIP door: what the factory's own does is tested with it."""

    class Door(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

        def do_OPTIONS(self) -> None:
            self._answer(204, "")

        def do_POST(self) -> None:
            offer = self.rfile.read(int(self.headers["Content-Length"])).decode()
            reply = harness.request("whip-offer", {"sdp": offer})
            if reply.status == 201:
                self._answer(201, reply.body["sdp"], Location=f"/whip/{reply.body['session']}")
            else:
                self._answer(reply.status, json.dumps(reply.body))

        def do_DELETE(self) -> None:
            self._answer(harness.request("whip-delete", {"session": self.path.rsplit("/", 1)[1]}).status, "")

        def _answer(self, status: int, text: str, **headers: str) -> None:
            self.send_response(status)
            allowed = {
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Allow-Headers": "*, authorization",
                "Access-Control-Allow-Methods": "*",
                "Access-Control-Expose-Headers": "Location",
            }
            for name, value in {**allowed, **headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

    return Door


@contextlib.contextmanager
def _served(harness: Harness) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _door(harness)) as server:
        thread = threading.Thread(target=server.serve_forever, name="door", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/whip"
        finally:
            server.shutdown()
            thread.join(5)


def _decoded_sizes(frames: list[EncodedFrame]) -> list[tuple[int, int]]:
    decoder = av.CodecContext.create(str(frames[0].format), "r")
    assert isinstance(decoder, av.VideoCodecContext)
    pictures = [picture for frame in frames for picture in decoder.decode(av.Packet(frame.data))]
    return [(picture.width, picture.height) for picture in pictures]


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_a_browser_publishes_pictures_and_sound_that_decode(codec: str) -> None:
    with Harness(WhipIn) as harness, _served(harness) as url, open_publisher() as page:
        video, audio = harness.collected["video"], harness.collected["audio"]
        began = time.monotonic()
        publish(page, url, codec=codec, max_bitrate=500_000)
        wait_until(lambda: video, "the first picture")
        print(f"{codec}: first picture {time.monotonic() - began:.2f} s after publish() was called")
        wait_until(lambda: len(video) >= 60 and len(audio) >= 100, "two seconds of media")
        assert unpublish(page) == 200
        pictures = [frame for frame in tuple(video) if isinstance(frame, EncodedFrame)]
        sounds = [frame for frame in tuple(audio) if isinstance(frame, EncodedFrame)]
    assert pictures[0].keyframe
    assert {frame.format for frame in pictures} == {Format(codec)}
    sizes = _decoded_sizes(pictures)
    assert len(sizes) == len(pictures)
    described = [(frame.description.width, frame.description.height) for frame in pictures]
    assert sizes == described
    assert len(_decoded_samples(sounds)) >= 100
    for frames in (pictures, sounds):
        assert all(before.pts < after.pts for before, after in itertools.pairwise(frames))


def _decoded_samples(frames: list[EncodedFrame]) -> list[int]:
    decoder = av.CodecContext.create("opus", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    return [sound.samples for frame in frames for sound in decoder.decode(av.Packet(frame.data))]
