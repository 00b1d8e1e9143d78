from pathlib import Path

from factory.domain.runs.selectors import ArtifactSnapshot
from factory.doors.terminal.run_files import bring, describe_file, read_duration, wait_for_files


def stored(
    folder: Path, node: str, name: str, content: bytes = b"frames", *, complete: bool = True
) -> ArtifactSnapshot:
    path = folder / "store" / node / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return ArtifactSnapshot(node, 1, name, "text/plain", str(path), len(content), complete)


def test_files_are_brought_and_the_store_keeps_its_own(tmp_path: Path) -> None:
    brought = bring((stored(tmp_path, "file", "a.mp4"),), tmp_path / "out")
    assert (tmp_path / "out" / "a.mp4").read_bytes() == b"frames"
    assert [path.name for _file, path in brought] == ["a.mp4"]
    assert (tmp_path / "store/file/a.mp4").exists()


def test_two_nodes_may_use_one_name(tmp_path: Path) -> None:
    files = (stored(tmp_path, "one", "a.mp4", b"1"), stored(tmp_path, "two", "a.mp4", b"2"))
    bring(files, tmp_path / "out")
    assert (tmp_path / "out/a.mp4").read_bytes() == b"1"
    assert (tmp_path / "out/two-a.mp4").read_bytes() == b"2"


def test_a_file_of_an_earlier_run_is_replaced_and_its_store_untouched(tmp_path: Path) -> None:
    bring((stored(tmp_path, "old", "a.mp4", b"old"),), tmp_path / "out")
    bring((stored(tmp_path, "new", "a.mp4", b"new"),), tmp_path / "out")
    assert (tmp_path / "out/a.mp4").read_bytes() == b"new"
    assert (tmp_path / "store/old/a.mp4").read_bytes() == b"old"


def test_it_waits_until_every_file_is_stored(tmp_path: Path) -> None:
    looks: list[int] = []
    waiting = ArtifactSnapshot("file", 1, "a.mp4", "video/mp4", str(tmp_path / "store/file/a.mp4"), 0, False)

    def read() -> tuple[ArtifactSnapshot, ...]:
        looks.append(1)
        return (stored(tmp_path, "file", "a.mp4") if len(looks) == 3 else waiting,)

    assert wait_for_files(read, seconds=20)[0].complete
    assert len(looks) == 3


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    lost = ArtifactSnapshot("file", 1, "a.mp4", "video/mp4", str(tmp_path / "nowhere"), 0, False)
    assert wait_for_files(lambda: (lost,), seconds=0) == (lost,)
    assert bring((lost,), tmp_path / "out") == []


def test_a_file_is_described_with_its_size_and_whether_it_was_cut_short(tmp_path: Path) -> None:
    file = stored(tmp_path, "file", "a.txt", b"x" * 2_500_000, complete=False)
    assert describe_file(file, Path(file.path)).endswith("a.txt  2.50 MB  (cut short)")


def test_what_holds_no_media_has_no_duration(tmp_path: Path) -> None:
    assert read_duration(Path(stored(tmp_path, "file", "a.mp4").path)) is None
