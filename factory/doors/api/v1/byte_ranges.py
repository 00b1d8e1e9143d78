"""Which bytes of a file are asked for (RFC 9110, section 14)."""

import re

from factory.doors.api.v1.refusals import Refusal

_SINGLE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last; None where the whole file is to be sent.

    One range is served; a header of several, or in another unit, is ignored as section 14.2 lets us.

    Raises:
        Refusal: 416, the file has no byte of the range.
    """
    match = _SINGLE.fullmatch(header.strip().replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return None
    if match[1]:
        first, last = int(match[1]), int(match[2]) if match[2] else size - 1
        if match[2] and last < first:
            return None
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    if first >= size or first > last:
        title = f"The file has {size} bytes; ask for some of these."
        raise Refusal(416, "api:user:range", title, headers={"Content-Range": f"bytes */{size}"})
    return first, min(last, size - 1) + 1
