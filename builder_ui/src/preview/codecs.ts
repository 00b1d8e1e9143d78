/** Which codecs to offer first: those that the gateway takes, in its order, so that nothing has to be encoded twice. */

const MIME_TYPES: Readonly<Record<string, string>> = { h264: "video/h264", vp8: "video/vp8", opus: "audio/opus" };

/** The codecs with those that the gateway takes in front; what helps a codec (rtx, fec) stays behind it. */
export function orderCodecs<T extends { mimeType: string }>(codecs: readonly T[], formats: readonly string[]): T[] {
  const wanted = formats.map((format) => MIME_TYPES[format]);
  const rank = (codec: T): number => {
    const at = wanted.indexOf(codec.mimeType.toLowerCase());
    return at < 0 ? wanted.length : at;
  };
  return [...codecs].sort((one, other) => rank(one) - rank(other));
}

/** Prefer these formats on a transceiver that sends; a browser that cannot is left as it is. */
export function preferFormats(transceiver: RTCRtpTransceiver, kind: "audio" | "video", formats: readonly string[]): void {
  const codecs = RTCRtpSender.getCapabilities(kind)?.codecs;
  if (!codecs || formats.length === 0) return;
  try {
    transceiver.setCodecPreferences(orderCodecs(codecs, formats));
  } catch {
    // The browser's own order works as well: the gateway picks what it takes.
  }
}
