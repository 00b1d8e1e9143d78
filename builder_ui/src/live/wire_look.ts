/** How a wire is shown: two short lines, since a short wire has room for a narrow label only; and how it fares. Pure. */

import { formatBitrate, formatCount, formatLost, formatRate } from "@/live/format";
import { isOver, type LiveRun, type LiveWire } from "@/live/state";

export type WireFare = "idle" | "waiting" | "flowing" | "stalled" | "dead";
export type WireLook = { fare: WireFare; text: string };

const IDLE: WireLook = { fare: "idle", text: "" };
const WAITING: WireLook = { fare: "waiting", text: "waiting" };
const DEAD: WireLook = { fare: "dead", text: "not connected" };

/** The look of a wire; equal looks are compared by their two strings. */
export function wireLookOf(run: LiveRun | undefined, wire: LiveWire | undefined, stalled: boolean): WireLook {
  if (isOver(run) || !wire) return IDLE;
  const settled = run?.state === "ready" || run?.state === "degraded";
  if (!wire.live) return settled ? DEAD : WAITING;
  if (stalled) return { fare: "stalled", text: `0 fps for over 2 s\n${formatLost(wire.lost)}` };
  if (wire.frames === 0) return WAITING;
  const rate = wire.format === "message" ? formatRate(wire.fps).replace("fps", "msg/s") : formatRate(wire.fps);
  return { fare: "flowing", text: `${rate} · ${formatLost(wire.lost)}\n${formatBitrate(wire.kbps)}` };
}

/** What does not fit on the label: shown on hover, and read out. */
export function wireDetailOf(wire: LiveWire): string {
  const parts = [wire.format ? `Format ${wire.format}` : "Format not known yet"];
  if (wire.latency_ms !== undefined) parts.push(`hop ${formatMilliseconds(wire.latency_ms)}`);
  parts.push(`${formatCount(wire.frames)} ${wire.format === "message" ? "messages" : "frames"} in all`);
  if (wire.unread) parts.push(`${formatCount(wire.unread)} unread`);
  if (wire.generation !== undefined) parts.push(`generation ${wire.generation}`);
  return parts.join(" · ");
}

function formatMilliseconds(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
