/** Whether this person may change the pipeline here: by role, and not on a screen too small to draw on. */
import { useSyncExternalStore } from "react";
import { useDocument } from "@/stores/document";

/** Below this width the editor only watches: canvas to look at, run and stop, states, picture and log. */
const NARROW = "(max-width: 640px)";

export function isNarrow(): boolean {
  return window.matchMedia(NARROW).matches;
}

export function useNarrow(): boolean {
  return useSyncExternalStore(watchWidth, isNarrow);
}

export function useMayEdit(): boolean {
  const narrow = useNarrow();
  const may = useDocument((store) => store.may.edit);
  return may && !narrow;
}

export function mayEditNow(): boolean {
  return useDocument.getState().may.edit && !isNarrow();
}

function watchWidth(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", changed);
  return () => {
    query.removeEventListener("change", changed);
  };
}
