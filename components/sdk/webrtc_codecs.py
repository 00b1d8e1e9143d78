"""Which codec a session agrees on: what the pipeline has, in the words that SDP has for it."""

from collections.abc import Sequence

from aiortc.codecs import get_capabilities
from aiortc.rtcpeerconnection import is_codec_compatible
from aiortc.rtcrtpparameters import RTCRtpCodecCapability, RTCRtpCodecParameters
from aiortc.sdp import MediaDescription

from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from components.sdk.webrtc_offer import OfferRefused

VIDEO_CLOCK_RATE = 90_000
OPUS_CLOCK_RATE = 48_000
CLOCK_RATES = {MediaType.VIDEO: VIDEO_CLOCK_RATE, MediaType.AUDIO: OPUS_CLOCK_RATE}
_MIME_TYPES = {Format.H264: "video/h264", Format.VP8: "video/vp8", Format.OPUS: "audio/opus"}
_NAMES = {
    Format.H264: "H.264 (constrained baseline, packetization mode 1)",
    Format.VP8: "VP8",
    Format.OPUS: "Opus",
}
_RTX = "rtx"


def choose_received(media: MediaDescription, formats: Sequence[Format]) -> tuple[Format, list[RTCRtpCodecCapability]]:
    """The first of the formats that a section offers, and what to agree on for it: no other codec may then come.

    Raises:
        OfferRefused: none of them is offered.
    """
    wanted = [fmt for fmt in formats if MEDIA_TYPE[fmt] == media.kind]
    for fmt in wanted:
        if codecs := _offered(media, fmt):
            # Retransmissions on a stream of their own can only be told apart if the offer names it (RFC 4588, 8.2).
            named = any(group.semantic == "FID" for group in media.ssrc_group)
            return fmt, codecs + (_retransmission(media.kind) if named else [])
    names = ", ".join(wanted) or "nothing"
    raise OfferRefused(422, f"offer one of these for {media.kind}: {names}; H.264 as baseline in packetization mode 1")


def choose_sent(media: MediaDescription, fmt: Format) -> list[RTCRtpCodecCapability]:
    """What to agree on with a player for a format that the pipeline carries: that codec, and retransmissions of it.

    Raises:
        OfferRefused: the player does not take it (draft-ietf-wish-whep-03, 4.2: 406).
    """
    codecs = _offered(media, fmt)
    if not codecs:
        raise OfferRefused(406, f"this pipeline carries {_NAMES[fmt]}; offer to receive that")
    # The narrowest profile last in aiortc's list is the one that the pipeline carries.
    return [codecs[-1], *_retransmission(media.kind)]


def choose_unused(media: MediaDescription) -> list[RTCRtpCodecCapability]:
    """What to name for a section in which nothing is sent: SDP wants a codec all the same.

    Raises:
        OfferRefused: the section offers none that is known here.
    """
    known = [one for one in get_capabilities(media.kind).codecs if one.name.lower() != _RTX and _is_offered(one, media)]
    if not known:
        raise OfferRefused(
            406, f"this pipeline carries no {media.kind}, and none of the codecs offered for it is known"
        )
    return known[:1]


def _offered(media: MediaDescription, fmt: Format) -> list[RTCRtpCodecCapability]:
    known = get_capabilities(media.kind).codecs
    return [codec for codec in known if codec.mimeType.lower() == _MIME_TYPES[fmt] and _is_offered(codec, media)]


def _retransmission(kind: str) -> list[RTCRtpCodecCapability]:
    return [one for one in get_capabilities(kind).codecs if one.name.lower() == _RTX]


def _is_offered(codec: RTCRtpCodecCapability, media: MediaDescription) -> bool:
    ours = RTCRtpCodecParameters(codec.mimeType, codec.clockRate, codec.channels, parameters=codec.parameters)
    return any(is_codec_compatible(ours, theirs) for theirs in media.rtp.codecs)
