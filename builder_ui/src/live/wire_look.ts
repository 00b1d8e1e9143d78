/** How a wire is shown: two short lines, since a short wire has room for a narrow label only; and how it fares. Pure. */

import { formatBitrate, formatCount, formatDuration, formatLost, formatRate } from "@/live/format";
import type { MediaType } from "@/graph/components";
import type { Standstill } from "@/live/stalls";
import { isOver, type LiveRun, type LiveWire } from "@/live/state";

export type WireFare = "idle" | "waiting" | "flowing" | "stalled" | "dead";
export type WireLook = { fare: WireFare; text: string };

const IDLE: WireLook = { fare: "idle", text: "" };
const WAITING: WireLook = { fare: "waiting", text: "waiting" };
const COUNTED: Record<Carried, string> = { video: "frames", audio: "packets", data: "messages", unknown: "frames" };
const DEAD: WireLook = { fare: "dead", text: "not connected" };

/** What a wire carries; "unknown" where neither of its ends is there. */
export type Carried = MediaType | "unknown";

/** The look of a wire; equal looks are compared by their two strings. */
export function wireLookOf(run: LiveRun | undefined, wire: LiveWire | undefined, stalled: Standstill | undefined, carried: Carried): WireLook {
  if (isOver(run) || !wire) return IDLE;
  const settled = run?.state === "ready" || run?.state === "degraded";
  if (!wire.live) return settled ? DEAD : WAITING;
  const lost = formatLost(wire.lost);
  if (wire.frames === 0) return WAITING;
  if (stalled !== undefined) {
    const words = stalled === "unknown" ? "stalled" : `nothing for ${formatDuration(stalled * 1000)}`;
    return { fare: "stalled", text: `${words}\n${lost}` };
  }
  // Rates are of the last second, and this one has only begun.
  if (carried !== "data" && wire.fps === 0 && wire.kbps === 0) return { fare: "flowing", text: "measuring" };
  // Sound has no pictures to count.
  if (carried === "audio") return { fare: "flowing", text: `${formatBitrate(wire.kbps)}\n${lost}` };
  const rate = carried === "data" ? formatRate(wire.fps).replace("fps", "msg/s") : formatRate(wire.fps);
  return { fare: "flowing", text: `${rate} · ${lost}\n${formatBitrate(wire.kbps)}` };
}

/** What does not fit on the label: shown on hover, and read out. */
export function wireDetailOf(wire: LiveWire, carried: Carried): string {
  const parts = [wire.format ? `Format ${wire.format}` : "Format not known yet"];
  if (wire.latency_ms !== undefined) parts.push(`hop ${formatMilliseconds(wire.latency_ms)}`);
  parts.push(`${formatCount(wire.frames)} ${COUNTED[carried]} in all`);
  if (wire.unread) parts.push(`${formatCount(wire.unread)} unread`);
  if (wire.generation !== undefined) parts.push(`generation ${wire.generation}`);
  return parts.join(" · ");
}

function formatMilliseconds(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
