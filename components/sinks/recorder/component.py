"""Writes encoded media as it comes into a file that plays even if the recording breaks off."""

import re
import threading
from collections.abc import Mapping
from typing import Any

import av

from components.contract.node_states import NodeState
from components.sdk.artifacts import ArtifactFile, ArtifactRefused
from components.sdk.component import Node, ParameterRefused, Sink
from components.sdk.frames import EncodedFrame, Frame
from components.sinks.recorder.part import MEDIA_TYPES, Part
from components.sinks.recorder.tracks import Track, Waiting

_WAIT_NS = 2_000_000_000
"""How long the first track of a part waits for the others."""
_END_BYTES = 256 * 1024
_END_SHARE = 100
"""Kept free below the quota for the end of the file: its index of fragments grows with it."""
_MAX_FILES = 1000
_WRITE_ERRORS = (ArtifactRefused, av.FFmpegError, OSError, ValueError)
_SAFE_NAME = re.compile(r"\w[\w .-]*")


class Recorder(Sink):
    """One part at a time: it begins at a keyframe with all wired tracks, and ends when a track changes or joins."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.measures = {"packets_written": 0, "packets_dropped": 0, "bytes_written": 0, "files_written": 0}
        self._lock = threading.Lock()
        self._part: Part | None = None
        self._file: ArtifactFile | None = None
        self._waiting = Waiting()
        self._waiting_since = 0
        self._ended: set[str] = set()
        self._closed = False
        self._files = 0
        self._bytes_of_finished = 0

    def configure(self, parameters: Mapping[str, Any]) -> None:
        """Refuse a name that is no plain file name."""
        name = parameters["name"]
        if not _SAFE_NAME.fullmatch(name):
            raise ParameterRefused(f"name: {name!r} is no file name; use letters, digits, spaces and . - _ alone")

    def receive(self, port: str, frame: Frame) -> None:
        """Write one access unit, or hold it until the part that it belongs to can begin."""
        assert isinstance(frame, EncodedFrame)
        with self._lock:
            if self._closed:
                self.measures["packets_dropped"] += 1
                return
            self._ended.discard(port)
            track = Track.of(frame)
            if self._part is None or not self._part.takes(port, track, frame):
                self._hold(port, track, frame)
            elif self._waiting and track.is_video and frame.keyframe:
                # Sound joined or changed meanwhile: the next part begins here, where it can.
                self._finish()
                self._hold(port, track, frame)
            else:
                self._write(port, frame)

    def ended(self, port: str) -> None:
        """Nobody waits any more for a track that will not come."""
        with self._lock:
            self._ended.add(port)

    def stop(self) -> None:
        """Write what is held and finish the file."""
        with self._lock:
            if self._part is None and self._waiting:
                self._begin()
            self._finish()
            self._closed = True

    def _hold(self, port: str, track: Track, frame: EncodedFrame) -> None:
        """Keep what does not fit into the part, and begin the next where one can begin."""
        if track.is_video and not frame.keyframe and port not in self._waiting.tracks:
            self.measures["packets_dropped"] += 1
            self.inputs[port].request_keyframe()
            return
        if self._part and (track.is_video or self._ended.issuperset(self._part.video_ports)):
            self._finish()
        if not self._waiting.fits(port, track, frame):
            self._hand_over()
        if self._closed:
            self.measures["packets_dropped"] += 1
            return
        if not self._waiting:
            self._waiting_since = self.clock.now()
        self.measures["packets_dropped"] += self._waiting.add(port, track, frame)
        if self._part:
            # Until the picture's next keyframe the part goes on without this sound.
            for one in self._part.video_ports:
                self.inputs[one].request_keyframe()
        elif self._may_begin():
            self._begin()

    def _hand_over(self) -> None:
        """What waits cannot share a part with what comes: it becomes a part of its own, or goes."""
        if self._part is None:
            self._begin()
            self._finish()
        else:
            self.measures["packets_dropped"] += len(self._waiting.take()[1])

    def _may_begin(self) -> bool:
        wired = {port for port, reads in self.inputs.items() if reads.wires} - self._ended
        waited = self.clock.now() - self._waiting_since
        return wired <= self._waiting.tracks.keys() or waited >= _WAIT_NS or self._waiting.full

    def _begin(self) -> None:
        """Open a file for the tracks that wait, and write what waits."""
        tracks, frames = self._waiting.take()
        name, container = self.parameters["name"], self.parameters["container"]
        self._files += 1
        suffix = "" if self._files == 1 else f"-{self._files}"
        try:
            if self._files > _MAX_FILES:
                raise ArtifactRefused(f"this would be file {self._files} of one recording; its input keeps changing")
            self._file = self.open_artifact(f"{name}{suffix}.{container}", MEDIA_TYPES[container])
            self._part = Part(self._file, container=container, tracks=tracks, frames=frames)
        except _WRITE_ERRORS as error:
            self._give_up(NodeState.FAILED, f"no file could be begun: {error}")
            return
        self.log.info("%s begins with %s", self._file.name, ", ".join(str(track.format) for track in tracks.values()))
        for port, frame in frames:
            self._write(port, frame)

    def _write(self, port: str, frame: EncodedFrame) -> None:
        if self._part is None or self._file is None:
            self.measures["packets_dropped"] += 1
            return
        due = self._part.bytes_due + len(frame.data)
        if due + due // _END_SHARE + _END_BYTES > self._file.quota_bytes:
            mebibytes = self._file.quota_bytes >> 20
            self._finish()
            self._give_up(NodeState.DEGRADED, f"the file reached its {mebibytes} MiB and was finished; run again")
            return
        try:
            written = self._part.write(port, frame)
        except _WRITE_ERRORS as error:
            name = self._file.name
            self._finish()
            self._give_up(NodeState.FAILED, f"{name} ends early: {error}")
            return
        self.measures["packets_written" if written else "packets_dropped"] += 1
        self.measures["bytes_written"] = self._bytes_of_finished + self._part.bytes

    def _finish(self) -> None:
        """Close the part being written; whatever fails here, what is in the file plays."""
        part, file = self._part, self._file
        self._part = self._file = None
        if part is None or file is None:
            return
        try:
            part.close()
        except _WRITE_ERRORS as error:
            self.log.warning("%s ends early: %s", file.name, error)
        file.close()
        self._bytes_of_finished += part.bytes
        self.measures["bytes_written"] = self._bytes_of_finished
        self.measures["files_written"] += 1

    def _give_up(self, state: NodeState, reason: str) -> None:
        self._closed = True
        self._waiting.take()
        if self._file:
            self._file.close()
            self._file = None
        self.set_state(state, reason)
