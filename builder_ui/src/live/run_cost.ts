/** What a run costs at a moment, as the server would count it then. Pure. */

import type { LiveCost } from "@/live/state";

const HOUR_MS = 3_600_000;

/** All of it in micro-units; every instance is rounded down by itself. */
export function costAt(cost: LiveCost, now: number): number {
  return cost.running.reduce(
    (sum, { since, per_hour }) => sum + Math.floor((Math.max(0, now - Date.parse(since)) * per_hour) / HOUR_MS),
    cost.settled,
  );
}

/** What everything that runs costs an hour. */
export function hourlyOf(cost: LiveCost): number {
  return cost.running.reduce((sum, { per_hour }) => sum + per_hour, 0);
}
