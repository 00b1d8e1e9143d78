/** On each wire: what flows, and whether it does. */

import { memo, type PointerEvent } from "react";
import { wireDetailOf } from "@/live/wire_look";
import { keepLabel, lookIn } from "@/live/wire_labels";
import { liveWire, useLive } from "@/stores/live";

function showDetail(event: PointerEvent<HTMLElement>, id: string): void {
  const wire = liveWire(useLive.getState(), id);
  event.currentTarget.title = wire ? wireDetailOf(wire) : "";
}

/** Rates of one wire; React renders it when it comes and goes, and not for its numbers. */
export const WireStatus = memo(function WireStatus({ wireId }: { wireId: string }) {
  const idle = useLive((store) => lookIn(store, wireId).fare === "idle");
  if (idle) return null;
  return (
    <span
      className="wire-status"
      ref={(element) => (element ? keepLabel(element, wireId) : undefined)}
      onPointerEnter={(event) => {
        showDetail(event, wireId);
      }}
    />
  );
});
