/** What this person may do here, kept right while the page is open: asked anew whenever the connection was away. */

import { getPipeline } from "@/api/client";
import { useDocument } from "@/stores/document";
import { type LiveStore, useLive } from "@/stores/live";

/** Follow the connection; returns how to end it. */
export function followRights(): () => void {
  let wasLive = false;
  const look = ({ connection }: LiveStore, before?: LiveStore): void => {
    if (connection === before?.connection) return;
    // As soon as it is left, since a new role is what may have ended it; and again when it is back.
    const isWorthAsking = wasLive && (connection === "connecting" || connection === "live");
    wasLive ||= connection === "live";
    if (isWorthAsking) void readRights();
  };
  const forget = useLive.subscribe(look);
  look(useLive.getState());
  return forget;
}

async function readRights(): Promise<void> {
  const { team, slug } = useDocument.getState();
  try {
    const { may } = await getPipeline({ team, slug });
    const now = useDocument.getState();
    const isOther = may.edit !== now.may.edit || may.run !== now.may.run;
    if (now.team === team && now.slug === slug && isOther) useDocument.setState({ may });
  } catch {
    // The next reconnection asks again; the server refuses what is not allowed all the same.
  }
}
