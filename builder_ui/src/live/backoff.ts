/** How long to wait before the next attempt: 1, 2, 4, 8, 15 s, each with jitter so that a crowd does not come at once. */

export const LONGEST_WAIT_MS = 15_000;

/** Milliseconds before attempt number `attempt` (0 is the first after a loss); `random` is in [0, 1). */
export function waitBefore(attempt: number, random: number): number {
  const base = Math.min(1000 * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS);
  return Math.round(base * (0.75 + random * 0.25));
}
