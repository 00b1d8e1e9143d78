import os
from pathlib import Path

import pytest

from components.contract.messages import Artifact, Drain, Message, Refused
from factory.doors.nodes.artifact_desk import MAX_OPEN, ArtifactDesk
from factory.doors.nodes.artifact_files import ArtifactFile
from tests.factory.doors.nodes.descriptors import count_descriptors

INSTANCE = "pf-run-file-1"


class Store:
    """A desk with an instance that takes what it is sent."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sent: list[Message] = []
        self.descriptors: dict[str, int] = {}
        self.noted: list[str] = []
        self.desk = ArtifactDesk(root, send=self._send, records=self)

    def _send(self, instance: str, message: Message, descriptors: tuple[int, ...]) -> bool:
        assert instance.startswith("pf-run-file-")
        self.sent.append(message)
        if isinstance(message, Artifact):
            self.descriptors[message.id] = descriptors[0]
        return True

    def opened(self, file: ArtifactFile, media_type: str) -> None:
        self.noted.append(f"opened {file.name} {media_type}")

    def closed(self, file: ArtifactFile, size: int, *, complete: bool) -> None:
        self.noted.append(f"closed {file.name} {size} {'complete' if complete else 'cut short'}")

    def ask(self, identity: str, name: str = "clip.mp4", *, quota: int = 1000, attempt: int = 1) -> Message:
        body = {"id": identity, "name": name, "media_type": "video/mp4"}
        instance = f"pf-run-file-{attempt}"
        self.desk.wanted(instance, run="run", node="file", attempt=attempt, quota_bytes=quota, body=body)
        return self.sent[-1]

    def write(self, identity: str, data: bytes) -> None:
        os.write(self.descriptors[identity], data)

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.root / "run" / "file").iterdir())

    def release(self) -> None:
        for descriptor in self.descriptors.values():
            os.close(descriptor)
        self.descriptors.clear()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_file_is_stored_under_its_name_when_it_is_closed(store: Store) -> None:
    assert store.ask("7-1") == Artifact("7-1", "clip.mp4", 1000)
    store.write("7-1", b"frames")
    assert "clip.mp4" not in store.names()
    store.desk.closed(INSTANCE, "7-1")
    assert (store.root / "run/file/clip.mp4").read_bytes() == b"frames"
    assert store.noted == ["opened clip.mp4 video/mp4", "closed clip.mp4 6 complete"]
    store.release()


def test_a_descriptor_only_appends(store: Store) -> None:
    store.ask("1")
    store.write("1", b"one")
    os.lseek(store.descriptors["1"], 0, os.SEEK_SET)
    store.write("1", b"two")
    store.desk.closed(INSTANCE, "1")
    assert (store.root / "run/file/clip.mp4").read_bytes() == b"onetwo"
    store.release()


def test_what_a_dead_instance_wrote_is_kept_and_said_to_be_cut_short(store: Store) -> None:
    store.ask("1")
    store.write("1", b"fra")
    store.desk.ended(INSTANCE)
    assert store.noted[-1] == "closed clip.mp4 3 cut short"
    assert store.names() == ["clip.mp4"]
    store.release()


def test_no_file_takes_the_place_of_another(store: Store) -> None:
    for identity in ("1", "2"):
        store.ask(identity)
        store.write(identity, identity.encode())
    store.desk.closed(INSTANCE, "1")
    store.ask("3", attempt=2)
    store.desk.ended("pf-run-file-1")
    store.desk.closed("pf-run-file-2", "3")
    assert store.names() == ["clip-2.mp4", "clip-3.mp4", "clip.mp4"]
    assert (store.root / "run/file/clip-2.mp4").read_bytes() == b"2"
    store.release()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../clip", "a/b", "/etc/passwd", ".hidden", "a\nb", "a\0b", "x" * 200, "a~b"]
)
def test_an_unsafe_name_is_refused(store: Store, name: str) -> None:
    refusal = store.ask("1", name)
    assert isinstance(refusal, Refused)
    assert "file name" in refusal.reason
    assert list(store.root.rglob("*")) == []


@pytest.mark.parametrize("identity", ["", "../1", "a~b", "x" * 50])
def test_an_unsafe_id_is_refused(store: Store, identity: str) -> None:
    assert isinstance(store.ask(identity), Refused)


def test_who_declares_no_files_gets_none(store: Store) -> None:
    refusal = store.ask("1", quota=0)
    assert isinstance(refusal, Refused)
    assert "artifact_mib" in refusal.reason


def test_an_instance_has_only_so_many_files_open(store: Store) -> None:
    before = count_descriptors()
    for number in range(MAX_OPEN):
        assert isinstance(store.ask(str(number)), Artifact)
    assert isinstance(store.ask("more"), Refused)
    store.desk.closed(INSTANCE, "0")
    assert isinstance(store.ask("more"), Artifact)
    store.release()
    assert count_descriptors() == before


def test_over_the_quota_the_instance_is_drained_once_and_its_file_is_not_complete(store: Store) -> None:
    store.ask("1", quota=4)
    store.write("1", b"1234")
    store.desk.check_quotas()
    assert isinstance(store.sent[-1], Artifact)
    store.write("1", b"5")
    store.desk.check_quotas()
    store.desk.check_quotas()
    assert [type(message) for message in store.sent] == [Artifact, Refused, Drain]
    store.desk.closed(INSTANCE, "1")
    assert store.noted[-1] == "closed clip.mp4 5 cut short"
    store.release()


def test_asked_again_after_a_lost_answer_it_gives_the_same_file(store: Store) -> None:
    store.ask("1")
    store.write("1", b"one")
    store.release()
    assert store.ask("1") == Artifact("1", "clip.mp4", 1000)
    store.write("1", b"two")
    store.desk.closed(INSTANCE, "1")
    assert (store.root / "run/file/clip.mp4").read_bytes() == b"onetwo"
    store.release()


def test_the_next_agent_takes_over_what_is_still_being_written(store: Store) -> None:
    store.ask("1")
    store.ask("2", "other.mp4")
    successor = Store(store.root)
    successor.desk.adopt("pf-{}-{}-{}".format)
    assert successor.desk.writers() == {INSTANCE}
    store.write("1", b"still")
    successor.desk.closed(INSTANCE, "1")
    successor.desk.ended(INSTANCE)
    assert successor.noted == ["closed clip.mp4 5 complete", "closed other.mp4 0 cut short"]
    successor.desk.closed(INSTANCE, "1")
    assert len(successor.noted) == 2
    store.release()
