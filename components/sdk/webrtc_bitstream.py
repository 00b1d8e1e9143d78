"""What the first bytes of encoded media say: keyframes, sizes, durations. Nothing is decoded."""

import dataclasses
from collections.abc import Iterator

_IDR, _SPS, _PPS = 5, 7, 8
_START_CODE = b"\x00\x00\x00\x01"
_MAX_PARAMETER_SETS = 32
_HIGH_PROFILES = frozenset((44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244))
_OPUS_SILK_US = (10_000, 20_000, 40_000, 60_000)
_OPUS_CELT_US = (2_500, 5_000, 10_000, 20_000)


class BitstreamError(ValueError):
    """The bytes are not what their format says."""


def split_annex_b(data: bytes) -> Iterator[bytes]:
    """The NAL units of an Annex B byte stream, without start codes (ITU-T H.264, annex B)."""
    start = data.find(b"\x00\x00\x01")
    while start >= 0:
        start += 3
        following = data.find(b"\x00\x00\x01", start)
        unit = data[start:] if following < 0 else data[start:following].rstrip(b"\x00")
        if unit:
            yield unit
        start = following


class H264Stream:
    """Keeps a stream's parameter sets, so that every IDR picture can be decoded on its own.

    Attributes:
        width, height: of the newest sequence parameter set, 0 before the first.
    """

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self._sets: dict[tuple[int, int], bytes] = {}

    def take(self, data: bytes) -> tuple[bytes, bool]:
        """One access unit as `(Annex B with parameter sets before an IDR, whether it is a keyframe)`.

        Raises:
            BitstreamError: a sequence parameter set cannot be read.
        """
        units = list(split_annex_b(data))
        kinds = [unit[0] & 0x1F for unit in units]
        for kind, unit in zip(kinds, units, strict=True):
            if kind in (_SPS, _PPS):
                self._keep(kind, unit)
        if _IDR not in kinds or not {_SPS, _PPS} <= {kind for kind, _ in self._sets}:
            return data, False
        if _SPS in kinds and _PPS in kinds:
            return data, True
        kept = (unit for _, unit in sorted(self._sets.items()))
        return b"".join(_START_CODE + unit for unit in kept) + data, True

    def _keep(self, kind: int, unit: bytes) -> None:
        if kind == _SPS:
            size = read_h264_size(unit)
            if (self.width, self.height) != size:
                self._sets.clear()
            self.width, self.height = size
        bits = _Bits(unit[4:16] if kind == _SPS else unit[1:16])
        number = bits.golomb()
        if (kind, number) in self._sets or len(self._sets) < _MAX_PARAMETER_SETS:
            self._sets[kind, number] = unit


class _Bits:
    """Reads bits and Exp-Golomb codes (ITU-T H.264, 9.1)."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def read(self, count: int) -> int:
        if count > self._left:
            raise BitstreamError("a parameter set is cut short")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 31:
                raise BitstreamError("a parameter set is malformed")
        return (1 << zeros) - 1 + self.read(zeros)

    def signed_golomb(self) -> int:
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def read_h264_size(unit: bytes) -> tuple[int, int]:
    """Width and height in pixels of a sequence parameter set (ITU-T H.264, 7.3.2.1.1).

    Raises:
        BitstreamError: cut short or malformed.
    """
    bits = _Bits(unit[1:256].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.read(8)
    bits.read(16)
    bits.golomb()
    chroma, separate = 1, 0
    if profile in _HIGH_PROFILES:
        chroma, separate = _read_high_profile(bits)
    bits.golomb()
    _skip_picture_order(bits)
    bits.golomb()
    bits.read(1)
    wide, high = bits.golomb() + 1, bits.golomb() + 1
    frames_only = bits.read(1)
    if not frames_only:
        bits.read(1)
    bits.read(1)
    width, height = wide * 16, high * 16 * (2 - frames_only)
    if bits.read(1):
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        unit_x = 2 if chroma in (1, 2) and not separate else 1
        unit_y = (2 if chroma == 1 and not separate else 1) * (2 - frames_only)
        width -= (left + right) * unit_x
        height -= (top + bottom) * unit_y
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise BitstreamError(f"a parameter set states {width}x{height}")
    return width, height


def _read_high_profile(bits: _Bits) -> tuple[int, int]:
    chroma = bits.golomb()
    separate = bits.read(1) if chroma == 3 else 0
    bits.golomb()
    bits.golomb()
    bits.read(1)
    if bits.read(1):
        for index in range(8 if chroma != 3 else 12):
            if bits.read(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma, separate


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed_golomb()) % 256
        last = following or last


def _skip_picture_order(bits: _Bits) -> None:
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.read(1)
        bits.golomb()
        bits.golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.golomb()


@dataclasses.dataclass(frozen=True)
class Vp8Header:
    """What a VP8 frame says of itself; the size is 0 where it is no keyframe."""

    keyframe: bool
    width: int = 0
    height: int = 0


def read_vp8_header(data: bytes) -> Vp8Header:
    """Read a VP8 frame's header (RFC 6386, 9.1).

    Raises:
        BitstreamError: empty, or a keyframe without its start code.
    """
    if not data:
        raise BitstreamError("an empty VP8 frame")
    if data[0] & 1:
        return Vp8Header(keyframe=False)
    if len(data) < 10 or data[3:6] != b"\x9d\x01\x2a":
        raise BitstreamError("a VP8 keyframe without its start code")
    width = int.from_bytes(data[6:8], "little") & 0x3FFF
    height = int.from_bytes(data[8:10], "little") & 0x3FFF
    return Vp8Header(keyframe=True, width=width, height=height)


def opus_duration_ns(packet: bytes) -> int:
    """How long an Opus packet plays, 0 where it is malformed (RFC 6716, 3.1 and 3.2)."""
    if not packet:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < 12:
        frame = _OPUS_SILK_US[configuration % 4]
    elif configuration < 16:
        frame = _OPUS_SILK_US[configuration % 2]
    else:
        frame = _OPUS_CELT_US[configuration % 4]
    if code == 3:
        frames = packet[1] & 0x3F if len(packet) > 1 else 0
    else:
        frames = 1 if code == 0 else 2
    return frame * frames * 1000
