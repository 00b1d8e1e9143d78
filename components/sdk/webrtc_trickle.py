"""What a viewer or publisher says of its addresses after its offer: SDP fragments of trickle ICE, read and bounded."""

import dataclasses

from aiortc.rtcicetransport import RTCIceCandidate

from components.sdk.webrtc_offer import MAX_CANDIDATES, CandidatePolicy, SessionRefused

MAX_FRAGMENT_BYTES = 16 * 1024
MAX_FRAGMENT_LINES = 200
_MAX_PRIORITY = 2**31 - 1
_TYPES = frozenset(("host", "srflx", "prflx", "relay"))
_MEDIA_COMPONENT = 1


class TrickleRefused(SessionRefused):
    """The fragment cannot be taken; the session goes on as it was.

    `status` is 400 malformed, 413 over a bound, 422 an ICE restart (RFC 9725, 4.3.1 and 4.3.2).
    """


@dataclasses.dataclass(frozen=True)
class Fragment:
    """What a fragment holds.

    Attributes:
        candidates: those that the policy allows; all belong to the one transport of a bundled session.
        stated: how many candidates it named, allowed or not.
        complete: no more will come.
    """

    candidates: tuple[RTCIceCandidate, ...]
    stated: int
    complete: bool


def read_fragment(text: str, *, ufrag: str, policy: CandidatePolicy) -> Fragment:
    """Read an `application/trickle-ice-sdpfrag` (RFC 8840, 9).

    Candidates that the policy forbids are left out, and so are names: they are never resolved, and whoever hides
    behind one (mDNS) is found by its own checks.

    Args:
        text: the fragment.
        ufrag: the user name fragment of the session's offer; another one asks for an ICE restart.
        policy: which addresses may be tried.

    Raises:
        TrickleRefused: malformed, over a bound, or a restart.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FRAGMENT_BYTES:
        raise TrickleRefused(413, f"a fragment may have at most {MAX_FRAGMENT_BYTES} bytes")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise TrickleRefused(400, "the fragment is empty")
    if len(lines) > MAX_FRAGMENT_LINES:
        raise TrickleRefused(413, f"a fragment may have at most {MAX_FRAGMENT_LINES} lines")
    if any(len(line) < 2 or line[1] != "=" for line in lines):
        raise TrickleRefused(400, "the fragment has a line that is not SDP")
    _check_ufrag(lines, ufrag)
    stated = [line.removeprefix("a=candidate:") for line in lines if line.startswith("a=candidate:")]
    if len(stated) > MAX_CANDIDATES:
        raise TrickleRefused(413, f"a session may name at most {MAX_CANDIDATES} candidates")
    read = [_read_candidate(one, ufrag, policy) for one in stated]
    return Fragment(tuple(one for one in read if one), len(stated), "a=end-of-candidates" in lines)


def _check_ufrag(lines: list[str], ufrag: str) -> None:
    stated = {line.removeprefix("a=ice-ufrag:") for line in lines if line.startswith("a=ice-ufrag:")}
    if not stated:
        raise TrickleRefused(400, "the fragment has no a=ice-ufrag, which tells the session that it is for")
    if stated != {ufrag}:
        raise TrickleRefused(422, "an ICE restart is not supported; end the session and make a new one")


def _read_candidate(value: str, ufrag: str, policy: CandidatePolicy) -> RTCIceCandidate | None:
    """One `candidate` attribute's value (RFC 8839, 5.1), None where it may not be tried."""
    # foundation component transport priority address port "typ" type ...
    fields = value.split()
    if len(fields) < 8 or fields[6] != "typ":
        raise TrickleRefused(400, "the fragment has a candidate that cannot be read")
    component, priority = _whole(fields[1]), _whole(fields[3])
    if component is None or priority is None or _whole(fields[5]) is None or not 0 < priority <= _MAX_PRIORITY:
        raise TrickleRefused(400, "the fragment has a candidate whose numbers cannot be read")
    extensions = dict(zip(fields[8::2], fields[9::2], strict=False))
    if component != _MEDIA_COMPONENT or fields[7] not in _TYPES or extensions.get("ufrag", ufrag) != ufrag:
        return None
    if not policy.allows(fields[2], fields[4], fields[5]):
        return None
    return RTCIceCandidate(
        component=component,
        foundation=fields[0],
        ip=fields[4],
        port=int(fields[5]),
        priority=priority,
        protocol="udp",
        type=fields[7],
    )


def _whole(text: str) -> int | None:
    """A number of decimal ASCII digits alone, of a length that any field here may have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None
