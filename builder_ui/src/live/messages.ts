/** What the server may say on the live socket, read with suspicion. */

import type { Json } from "@/live/merge_patch";

/** The server's own bound on a socket's backlog is 2 MiB; a message above this is no message of ours. */
export const MAX_MESSAGE_CHARACTERS = 4 * 1024 * 1024;

export type Message =
  | { type: "snapshot"; seq: number; state: { [name: string]: Json } }
  | { type: "patch"; seq: number; patch: Json };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The message, or null when it makes no sense. */
export function readMessage(data: unknown): Message | null {
  if (typeof data !== "string" || data.length > MAX_MESSAGE_CHARACTERS) return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { type, seq } = value;
  if (typeof seq !== "number" || !Number.isSafeInteger(seq)) return null;
  if (type === "snapshot" && isRecord(value["state"])) {
    return { type, seq, state: value["state"] as { [name: string]: Json } };
  }
  // A patch that is no object would replace the whole state by something that is none.
  if (type === "patch" && isRecord(value["patch"])) return { type, seq, patch: value["patch"] as Json };
  return null;
}

/** The state with every part that the page reads: what the server left out as empty is empty. */
export function completeState(state: { [name: string]: Json }): { [name: string]: Json } {
  const whole = { ...state };
  let changed = false;
  for (const part of ["nodes", "wires", "artifacts"]) {
    if (isRecord(whole[part])) continue;
    whole[part] = {};
    changed = true;
  }
  return changed ? whole : state;
}
