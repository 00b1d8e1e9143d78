import pytest

from factory.doors.api.v1.byte_ranges import range_of
from factory.doors.api.v1.refusals import Refusal


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        (" bytes=5-6 ", (5, 7)),
    ],
)
def test_a_range_is_first_byte_and_the_one_behind_the_last(header: str, wanted: tuple[int, int]) -> None:
    assert range_of(header, 100) == wanted


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=9-0", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 30]
)
def test_what_is_no_single_range_of_bytes_is_ignored(header: str) -> None:
    assert range_of(header, 100) is None


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=200-300", 100), ("bytes=-0", 100)])
def test_a_range_behind_the_end_is_refused_with_the_size(header: str, size: int) -> None:
    with pytest.raises(Refusal) as caught:
        range_of(header, size)

    assert (caught.value.status, caught.value.headers["Content-Range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-5"])
def test_an_empty_file_has_no_range(header: str) -> None:
    with pytest.raises(Refusal):
        range_of(header, 0)
