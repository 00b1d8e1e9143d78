/** On each wire: what flows, and whether it does. */

import { memo, type PointerEvent } from "react";
import { type Carried, wireDetailOf } from "@/live/wire_look";
import { keepLabel, lookIn } from "@/live/wire_labels";
import { liveWire, useLive } from "@/stores/live";

function showDetail(event: PointerEvent<HTMLElement>, id: string, carried: Carried): void {
  const wire = liveWire(useLive.getState(), id);
  event.currentTarget.title = wire ? wireDetailOf(wire, carried) : "";
}

/** Rates of one wire; React renders it when it comes and goes, and not for its numbers. */
export const WireStatus = memo(function WireStatus({ wireId, carried }: { wireId: string; carried: Carried }) {
  const idle = useLive((store) => lookIn(store, wireId, carried).fare === "idle");
  if (idle) return null;
  return (
    <span
      className="wire-status"
      ref={(element) => (element ? keepLabel(element, wireId, carried) : undefined)}
      onPointerEnter={(event) => {
        showDetail(event, wireId, carried);
      }}
    />
  );
});
