/** Which wires have stopped moving: the server states rates, and only time tells that one has stayed at nothing. */

import { isOver, type LiveRun, type LiveWire } from "@/live/state";

export const STALLED_MS = 2000;
/** Messages come when there is something to say; their silence is no fault. */
const SPORADIC = "message";

/** Whole seconds since the last frame; not known where it came before anybody looked. */
export type Standstill = number | "unknown";
export type Stalled = Readonly<Record<string, Standstill>>;

type Movement = { frames: number; at: number; seen: boolean };
type Moving = { run?: LiveRun | undefined; wires: Readonly<Record<string, LiveWire>> };

const movements = new Map<string, Movement>();

/** Forget what moved, as when another pipeline is opened. */
export function forgetMovements(): void {
  movements.clear();
}

/** The wires that should carry frames and have not for two seconds; the same object while they are the same. */
export function noteMovement(before: Stalled, state: Moving, now: number): Stalled {
  const running = !isOver(state.run) && (state.run?.state === "ready" || state.run?.state === "degraded");
  for (const id of movements.keys()) {
    if (!running || !Object.hasOwn(state.wires, id)) movements.delete(id);
  }
  const stalled: Record<string, Standstill> = {};
  if (running) {
    for (const [id, wire] of Object.entries(state.wires)) {
      const last = movements.get(id);
      if (last?.frames !== wire.frames || wire.fps > 0 || !wire.live) {
        movements.set(id, { frames: wire.frames, at: now, seen: last !== undefined || wire.fps > 0 });
      } else if (now - last.at >= STALLED_MS && wire.format !== SPORADIC) {
        stalled[id] = last.seen ? Math.floor((now - last.at) / 1000) : "unknown";
      }
    }
  }
  const ids = Object.keys(stalled);
  return ids.length === Object.keys(before).length && ids.every((id) => before[id] === stalled[id]) ? before : stalled;
}
