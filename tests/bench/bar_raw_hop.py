"""What a further hop of raw frames costs: the processor time of a container that reads, copies and sends 720p30."""

import time
from pathlib import Path

import docker
import numpy as np

from components.contract.manifest import load_manifest
from components.contract.media_types import Format
from components.contract.messages import CONTROL_DIRECTORY, CONTROL_SOCKET
from components.sdk.frames import i420_bytes
from components.sdk.testing import Harness
from components.sdk.testing_wires import wait_until
from components.transforms.grayscale.component import Grayscale
from tests.bench.bars import Bar, percentile

WIDTH, HEIGHT, RATE, SECONDS, ROUNDS = 1280, 720, 30, 10, 3
FRAME_NS = 1_000_000_000 // RATE
FOLDER = Path("components/transforms/grayscale")


class Container:
    """The transform's container; at strength 0 it only passes frames on."""

    def __init__(self, folder: Path) -> None:
        manifest = load_manifest(FOLDER)
        self._client = docker.APIClient(timeout=60)
        # The container's user is nobody, and this folder was made for us alone.
        folder.chmod(0o755)
        (folder / CONTROL_SOCKET).chmod(0o666)
        host = self._client.create_host_config(network_mode="none", binds={str(folder): {"bind": CONTROL_DIRECTORY}})
        image = f"media-pipeline-factory/{manifest.name}:{manifest.version}"
        self._id = self._client.create_container(image, host_config=host, user="65534:65534")["Id"]
        self._client.start(self._id)
        self.pid = int(self._client.inspect_container(self._id)["State"]["Pid"])

    def wait(self) -> int:
        code = int(self._client.wait(self._id)["StatusCode"])
        self._client.remove_container(self._id, force=True)
        self._client.close()
        return code


def copies() -> float:
    """Milliseconds of processor time that one copy of a frame takes."""
    size = i420_bytes(WIDTH, HEIGHT)
    sources = [np.full(size, index, np.uint8) for index in range(16)]
    targets = [np.zeros(size, np.uint8) for _index in range(16)]
    started = time.thread_time()
    for index in range(320):
        np.copyto(targets[index % 16], sources[index % 16])
    return (time.thread_time() - started) / 320 * 1000


def hop() -> float:
    """Milliseconds of processor time a frame in a container that passes frames on.

    Raises:
        RuntimeError: it lost some.
    """
    formats = {"video": [Format.I420]}
    with Harness(
        Grayscale, parameters={"strength": 0.0}, inputs=["video"], formats=formats, launch=Container
    ) as harness:
        fed = harness.fed("video")
        frames, warm_up = RATE * SECONDS, RATE
        started = time.monotonic()
        base = 0.0
        for index in range(frames + warm_up):
            if index == warm_up:
                base = harness.processor_seconds()
            fed.output.write(fed.output.new_frame(WIDTH, HEIGHT, pts=index * FRAME_NS, duration=FRAME_NS))
            harness.collected["video"].clear()
            time.sleep(max(0.0, started + (index + 1) / RATE - time.monotonic()))
        spent = harness.processor_seconds() - base
        wait_until(lambda: harness.reports[-1].inputs["test.video"]["frames"] >= frames + warm_up, "all came")
        if lost := harness.reports[-1].inputs["test.video"]["lost"]:
            raise RuntimeError(f"{lost} frames were lost")
        return spent / frames * 1000


def measure() -> Bar:
    hops, copied = zip(*((hop(), copies()) for _round in range(ROUNDS)), strict=True)
    return Bar(
        name="raw-hop",
        value=percentile(hops, 0.5),
        unit="ms CPU a frame, both ends",
        bar=0.5,
        compared_with="one memory copy of the frame (numpy.copyto)",
        compared_value=percentile(copied, 0.5),
        note=f"median of {ROUNDS} rounds of {SECONDS} s, {WIDTH}x{HEIGHT} at {RATE}, 0 frames lost",
    )
