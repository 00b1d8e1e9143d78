"""Fragments of trickle ICE: what is taken, what is left out, and that only ever the refusal comes of the rest."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.sdk.webrtc_offer import MAX_CANDIDATES, CandidatePolicy
from components.sdk.webrtc_trickle import MAX_FRAGMENT_BYTES, Fragment, TrickleRefused, read_fragment

CANDIDATE = "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1"
HEAD = (
    "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
)
"""The example of RFC 8840, 9, without its candidates."""


def _read(text: str, policy: CandidatePolicy | None = None) -> Fragment:
    return read_fragment(text, ufrag="EsAw", policy=policy or CandidatePolicy())


def test_it_reads_candidates_and_their_end() -> None:
    reflexive = "a=candidate:3471623853 1 UDP 2122194687 198.51.100.2 61765 typ srflx raddr 10.0.0.1 rport 9"
    fragment = _read(f"{HEAD}{CANDIDATE}\r\n{reflexive}\r\na=end-of-candidates\r\n")
    assert [(one.ip, one.port, one.type, one.priority) for one in fragment.candidates] == [
        ("192.0.2.1", 61764, "host", 2122260223),
        ("198.51.100.2", 61765, "srflx", 2122194687),
    ]
    assert fragment.complete
    assert not _read(HEAD + CANDIDATE).complete


@pytest.mark.parametrize(
    "line",
    [
        CANDIDATE.replace("192.0.2.1", "6f2c3d3e-8a44-4d05-9f0e-d2f0a0a0a0a0.local"),
        CANDIDATE.replace("192.0.2.1", "127.0.0.1"),
        CANDIDATE.replace("192.0.2.1", "169.254.169.254"),
        CANDIDATE.replace("61764", "53"),
        CANDIDATE.replace(" udp ", " tcp "),
        CANDIDATE.replace("4 1 udp", "4 2 udp"),
        CANDIDATE.replace("typ host", "typ unheard-of"),
        CANDIDATE.replace("ufrag EsAw", "ufrag Othr"),
    ],
)
def test_it_counts_and_leaves_out_what_may_not_be_tried(line: str) -> None:
    fragment = _read(f"{HEAD}{line}\n")
    assert fragment.candidates == ()
    assert fragment.stated == 1


def test_an_installation_may_close_private_addresses() -> None:
    private = CANDIDATE.replace("192.0.2.1", "10.0.0.1")
    assert _read(HEAD + private).candidates
    assert not _read(HEAD + private, CandidatePolicy(private=False)).candidates


REFUSED = {
    "nothing": ("", 400),
    "no session": (CANDIDATE, 400),
    "another session": (HEAD.replace("EsAw", "Othr"), 422),
    "two sessions": (HEAD + "a=ice-ufrag:Othr\n", 422),
    "prose": (HEAD + "hello\n", 400),
    "a candidate cut short": (HEAD + "a=candidate:1 1 udp\n", 400),
    "a candidate without a type": (HEAD + CANDIDATE.replace(" typ ", " tip "), 400),
    "a port that is no number": (HEAD + CANDIDATE.replace("61764", "many"), 400),
    "a priority of other digits": (HEAD + CANDIDATE.replace("2122260223", "٣"), 400),
    "a priority too high": (HEAD + CANDIDATE.replace("2122260223", "4294967296"), 400),
    "too many bytes": (HEAD + "a=x:" + "y" * MAX_FRAGMENT_BYTES, 413),
    "too many lines": (HEAD + "a=x\n" * 200, 413),
    "too many candidates": (HEAD + (CANDIDATE + "\n") * (MAX_CANDIDATES + 1), 413),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_the_rest_and_says_why(name: str) -> None:
    text, status = REFUSED[name]
    with pytest.raises(TrickleRefused) as refusal:
        _read(text)
    assert refusal.value.status == status
    assert refusal.value.reason


_FIELD = st.sampled_from([*CANDIDATE.split(), "a=candidate:", "a=ice-ufrag:EsAw", "\r\n", "\n", "-1", "9" * 30, "m="])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(_FIELD | st.text(max_size=8)).map(" ".join)), st.booleans())
def test_whatever_comes_is_read_or_refused_and_nothing_else(text: str, headed: bool) -> None:
    with contextlib.suppress(TrickleRefused):
        assert len(_read(HEAD + text if headed else text).candidates) <= MAX_CANDIDATES
