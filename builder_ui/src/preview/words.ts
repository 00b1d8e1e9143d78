/** What a peer's state is called, and what to say in place of a picture. Pure. */

import type { PeerView } from "@/preview/peer";

export type Situation = { saved: boolean; wanted: boolean; ready: boolean };

/** Why there is nothing to connect to yet; "" when there is. */
export function obstacleOf({ saved, wanted, ready }: Situation): string {
  if (!saved) return "This node gets its address as soon as the draft is saved.";
  if (!wanted) return "The pipeline is not running. Press Run.";
  return ready ? "" : "The node is starting; it connects as soon as it is ready.";
}

/** One line on how the session is. `now` counts the seconds to the next attempt. */
export function lineOf(view: PeerView, now: number): string {
  switch (view.state) {
    case "off":
      return view.reason;
    case "connecting":
      return view.reason ? `Connecting again: ${view.reason}` : "Connecting …";
    case "connected":
      return "";
    case "waiting": {
      const left = Math.max(0, Math.ceil((view.retryAt - now) / 1000));
      return `${view.reason}. ${left > 0 ? `Trying again in ${left} s` : "Trying again"}`;
    }
    case "refused":
      return view.reason;
  }
}
