/** Which wires have stopped moving: the server states rates, and only time tells that one has stayed at nothing. */

import { isOver, type LiveRun, type LiveWire } from "@/live/state";

export const STALLED_MS = 2000;
/** Messages come when there is something to say; their silence is no fault. */
const SPORADIC = "message";

type Movement = { frames: number; at: number };
type Moving = { run?: LiveRun | undefined; wires: Readonly<Record<string, LiveWire>> };
type Stalled = Readonly<Record<string, true>>;

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
  const stalled: Record<string, true> = {};
  if (running) {
    for (const [id, wire] of Object.entries(state.wires)) {
      const last = movements.get(id);
      if (last?.frames !== wire.frames || wire.fps > 0 || !wire.live) movements.set(id, { frames: wire.frames, at: now });
      else if (now - last.at >= STALLED_MS && wire.format !== SPORADIC) stalled[id] = true;
    }
  }
  const ids = Object.keys(stalled);
  return ids.length === Object.keys(before).length && ids.every((id) => before[id]) ? before : stalled;
}
