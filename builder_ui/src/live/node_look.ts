/** How a node is shown: one word, one shape and one reason, from what its run and its instance say. Pure. */

import { isOver, type LiveNode, type LiveRun } from "@/live/state";

/** Each has a shape of its own, so that colour is never the only sign. */
export type Look = "idle" | "starting" | "ready" | "degraded" | "draining" | "failed" | "stopped";
export type NodeLook = { look: Look; word: string; reason: string; attempts: number };

const IDLE: NodeLook = { look: "idle", word: "not running", reason: "", attempts: 0 };
const NEW: NodeLook = { ...IDLE, word: "not in this run", reason: "It was added after this run began; run again." };

/** The first line: what follows it is a log. */
export function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** The look of a node; `run` is the newest one, `node` what is live of it. */
export function lookOf(run: LiveRun | undefined, node: LiveNode | undefined): NodeLook {
  if (!run) return IDLE;
  if (!node) return isOver(run) ? IDLE : NEW;
  const told = { reason: firstLine(node.reason), attempts: node.attempt };
  if (node.given_up || node.state === "failed") return { ...told, look: "failed", word: "failed" };
  if (isOver(run)) return { ...told, look: "stopped", word: "stopped", reason: endOf(node) };
  if (run.state === "waiting") return { ...told, look: "starting", word: "waiting" };
  if (node.engine_state === "exited" && node.exit_code === 0) return { ...told, look: "stopped", word: "finished" };
  if (node.state === "starting" && node.attempt > 1) return { ...told, look: "starting", word: "restarting" };
  return { ...told, look: node.state, word: node.state === "draining" ? "finishing" : node.state };
}

function endOf(node: LiveNode): string {
  if (node.exit_code === undefined || node.exit_code === 0) return "";
  return firstLine(node.reason) || `It ended with exit code ${node.exit_code}.`;
}

/** The whole look in one sentence, for those who do not see it. */
export function sentenceOf(name: string, look: NodeLook): string {
  const attempts = look.attempts > 1 ? `, attempt ${look.attempts}` : "";
  return `${name}: ${look.word}${attempts}${look.reason ? `. ${look.reason}` : ""}`;
}
