/** Plans in which format media passes a wire: untouched where it can, encoded once where it must. Twin of formats.py. */

import { type Format, type MediaType, type OutputPort, own } from "@/graph/components";
import type { Parameters } from "@/graph/parameters";

const ENCODABLE: readonly Format[] = ["h264", "vp8", "opus"];
const RAW: Readonly<Record<MediaType, Format | undefined>> = { video: "i420", audio: "s16", data: undefined };
const MEDIA_TYPE: Readonly<Record<Format, MediaType>> = {
  i420: "video",
  h264: "video",
  vp8: "video",
  s16: "audio",
  opus: "audio",
  message: "data",
};

/** The formats in force while the parameters (defaults filled in) are these; the first case that fits counts. */
export function formatsFor(port: Pick<OutputPort, "formats" | "formats_when">, parameters: Parameters): Format[] {
  const fitting = port.formats_when.find((each) => own(parameters, each.parameter) === each.equals);
  return fitting?.formats ?? port.formats;
}

/**
 * The formats of one wire; empty where media could never pass.
 *
 * What both ends share, as the output prefers it. Else, from raw frames, the one format that the output's sdk encodes.
 * Else what the output offers, and the input's sdk decodes (and encodes again if it must).
 */
export function planWire(offers: readonly Format[], takes: readonly Format[]): Format[] {
  const shared = offers.filter((format) => takes.includes(format));
  const [first] = offers;
  if (shared.length > 0 || first === undefined || takes.length === 0) {
    return shared;
  }
  const encodable = takes.filter((format) => ENCODABLE.includes(format));
  const raw = RAW[MEDIA_TYPE[first]];
  if (raw !== undefined && offers.includes(raw)) {
    return encodable.slice(0, 1);
  }
  const isReadable = (raw !== undefined && takes.includes(raw)) || encodable.length > 0;
  return isReadable ? offers.filter((format) => ENCODABLE.includes(format)) : [];
}
