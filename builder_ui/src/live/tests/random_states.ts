/** Random live states and the patches between them, from a seed: for tests that hold whatever comes. */

import type { Json } from "@/live/merge_patch";

type Members = { [name: string]: Json };

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** A state as the server may send it: entries come and go, and what is unknown is absent. */
export function randomState(random: () => number): Members {
  const entries = (most: number, make: () => Members): Members =>
    Object.fromEntries(Array.from({ length: below(random, most) }, () => [`e${below(random, most)}`, make()]));
  const state: Members = {
    pipeline: { name: `p${below(random, 3)}`, revision: below(random, 9), saved_by: "alice" },
    nodes: entries(6, () => randomNode(random)),
    wires: entries(8, () => ({ live: random() < 0.7, frames: below(random, 4), fps: below(random, 3), kbps: 0, lost: 0 })),
    artifacts: entries(3, () => ({ name: "a.mp4", bytes: below(random, 3), complete: random() < 0.5 })),
  };
  if (random() < 0.7) state["run"] = { id: `r${below(random, 2)}`, state: "ready", wanted: random() < 0.8 };
  return state;
}

function randomNode(random: () => number): Members {
  const node: Members = { state: "ready", attempt: below(random, 3), measures: { fps: below(random, 3) } };
  if (random() < 0.3) node["refused"] = { revision: below(random, 4), reason: "too large" };
  if (random() < 0.3) node["exit_code"] = below(random, 2);
  return node;
}

/** The merge patch that makes one state of another (RFC 7396), as the server makes it. */
export function diff(before: Json | undefined, after: Json): Json {
  if (!isMembers(before) || !isMembers(after)) return after;
  const patch: Members = {};
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) patch[name] = null;
  }
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (JSON.stringify(old) !== JSON.stringify(value)) patch[name] = diff(old, value);
  }
  return patch;
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
