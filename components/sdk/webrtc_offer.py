"""What an SDP offer from outside must pass before any parser of a library sees it."""

import dataclasses
import ipaddress
from typing import Literal

MAX_OFFER_BYTES = 64 * 1024
MAX_LINES = 1000
MAX_SECTIONS = 8
MAX_CANDIDATES = 32
_LOWEST_PORT = 1024
_DIRECTIONS = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")
_METADATA = frozenset(ipaddress.ip_address(one) for one in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254"))

_OPPOSITE = {"publisher": ("a=recvonly", "a=inactive"), "viewer": ("a=sendonly", "a=inactive")}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Role = Literal["publisher", "viewer"]


class SessionRefused(Exception):
    """What a peer asked for is refused.

    Attributes:
        status: HTTP status.
        reason: what is wrong with it, in one sentence.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class OfferRefused(SessionRefused):
    """The offer cannot be answered.

    `status` is 400 malformed, 406 nothing in it that the pipeline carries, 413 too large, 422 well-formed but not
    supported (RFC 9725, 4.2; draft-ietf-wish-whep-03, 4.2).
    """


@dataclasses.dataclass(frozen=True)
class CandidatePolicy:
    """Where connectivity checks may be sent, since an offer names the addresses (blind UDP forgery).

    Attributes:
        private: private ranges too; needed where publisher and gateway share a machine or a network.
        loopback: this machine's loopback too.
    """

    private: bool = True
    loopback: bool = False

    def allows(self, transport: str, host: str, port: str) -> bool:
        """Whether a remote candidate may be tried. Names are never resolved; a browser that hides behind one
        is found when its own checks arrive (peer-reflexive, RFC 8445, 7.3.1.3).
        """
        try:
            address: Address = ipaddress.ip_address(host)
            number = int(port)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if transport.lower() != "udp" or not _LOWEST_PORT <= number <= 65535:
            return False
        return self._allows_address(address)

    def _allows_address(self, address: Address) -> bool:
        if address in _METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        if address.is_loopback:
            return self.loopback
        if address.is_reserved:
            return False
        return self.private or not address.is_private


@dataclasses.dataclass
class _Section:
    """One `m=` line and what follows it."""

    lines: list[str]

    @property
    def kind(self) -> str:
        return self.lines[0][2:].split(" ", 1)[0]

    def has(self, prefix: str) -> bool:
        return any(line.startswith(prefix) for line in self.lines)


def clean_offer(text: str, policy: CandidatePolicy, *, role: Role = "publisher") -> str:
    """Check an offer's bounds and shape, and take out what must not be acted on.

    Candidates that the policy forbids go, and so does the end of candidates: one that hides its addresses
    may still reach us. A section without a direction gets the default one (RFC 8866, 6.7).

    Raises:
        OfferRefused: over a bound, malformed, or not one audio and/or video section, bundled, in which a publisher
            sends and a viewer receives.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_OFFER_BYTES:
        raise OfferRefused(413, f"an offer may have at most {MAX_OFFER_BYTES} bytes")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise OfferRefused(413, f"an offer may have at most {MAX_LINES} lines")
    if not lines or not lines[0].startswith("v="):
        raise OfferRefused(400, "this is no session description: it does not begin with v=")
    session, sections = _split(lines)
    _check_session(session, sections)
    default = next((line for line in session.lines if line in _DIRECTIONS), "a=sendrecv")
    for section in sections:
        _check_section(section, session, role)
        section.lines = [line for line in section.lines if _is_kept(line, policy)]
        if not any(line in _DIRECTIONS for line in section.lines):
            section.lines.append(default)
    kept = [line for line in session.lines if line not in _DIRECTIONS]
    return "\r\n".join([*kept, *(line for section in sections for line in section.lines)]) + "\r\n"


def _split(lines: list[str]) -> tuple[_Section, list[_Section]]:
    session, sections = _Section([]), list[_Section]()
    for line in lines:
        if line.startswith("m="):
            sections.append(_Section([]))
        (sections[-1] if sections else session).lines.append(line)
    return session, sections


def _check_session(session: _Section, sections: list[_Section]) -> None:
    if not sections:
        raise OfferRefused(400, "the offer has no media section")
    if len(sections) > MAX_SECTIONS:
        raise OfferRefused(413, f"an offer may have at most {MAX_SECTIONS} media sections")
    if sum(line.startswith("a=candidate:") for one in sections for line in one.lines) > MAX_CANDIDATES:
        raise OfferRefused(413, f"an offer may have at most {MAX_CANDIDATES} candidates")
    kinds = sorted(section.kind for section in sections)
    if kinds not in (["audio"], ["video"], ["audio", "video"]):
        raise OfferRefused(422, f"offer one audio and one video section, or one of them, not {', '.join(kinds)[:80]}")
    if len(sections) > 1 and not session.has("a=group:BUNDLE "):
        raise OfferRefused(422, "audio and video must be bundled (a=group:BUNDLE)")


def _check_section(section: _Section, session: _Section, role: Role) -> None:
    if not section.has("a=mid:"):
        raise OfferRefused(400, f"the {section.kind} section has no a=mid")
    if not section.has("a=fingerprint:") and not session.has("a=fingerprint:"):
        raise OfferRefused(400, f"the {section.kind} section has no a=fingerprint")
    if any(line in _OPPOSITE[role] for line in section.lines):
        wrong = (
            "sends nothing; publish with a=sendonly"
            if role == "publisher"
            else "receives nothing; watch with a=recvonly"
        )
        raise OfferRefused(422, f"the {section.kind} section {wrong}")


def _is_kept(line: str, policy: CandidatePolicy) -> bool:
    if line.startswith("a=end-of-candidates"):
        return False
    if not line.startswith("a=candidate:"):
        return True
    # foundation component transport priority address port "typ" type ... (RFC 8839, 5.1)
    fields = line.split()
    return len(fields) >= 8 and policy.allows(fields[2], fields[4], fields[5])
