/** Why Run cannot be pressed now, followed by what shows it. */

import { blockOf, closedBecause } from "@/live/run";
import { useDocument } from "@/stores/document";
import { useLive } from "@/stores/live";
import { useSaving } from "@/stores/saving";

/** A sentence; "" when it can be pressed. */
export function useBlock(): string {
  const problems = useDocument((store) => store.problems.length);
  const may = useDocument((store) => store.may.run);
  const loaded = useDocument((store) => store.loaded);
  const saving = useSaving((store) => store.state);
  const closed = useLive(closedBecause);
  return blockOf(may, problems, saving, loaded, closed);
}
