from pathlib import Path

from factory.domain.runs.artifact_paths import partial_name, written_so_far


def test_a_file_that_is_written_is_found_by_its_attempt_and_name(tmp_path: Path) -> None:
    for attempt, name in ((1, "a.mp4"), (2, "a.mp4"), (1, "b.mp4")):
        (tmp_path / partial_name(attempt=attempt, id="video", name=name)).touch()

    assert written_so_far(final=tmp_path / "a.mp4", attempt=2) == tmp_path / ".partial~2~video~a.mp4"
    assert written_so_far(final=tmp_path / "b.mp4", attempt=2) is None
    assert written_so_far(final=tmp_path / "c.mp4", attempt=1) is None


def test_where_there_is_no_folder_nothing_is_written(tmp_path: Path) -> None:
    assert written_so_far(final=tmp_path / "none" / "a.mp4", attempt=1) is None
