/** How much of the canvas a pipeline may fill when all of it is shown: what lies above the canvas covers no node. */
import { type FitViewOptions, useNodesInitialized, useReactFlow, useStore, type Viewport } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useNarrow } from "@/editor/editing";
import { useWorkspace } from "@/editor/workspace";

type Fit = Pick<FitViewOptions, "padding" | "maxZoom">;

const WIDE: Fit = { padding: { x: "32px", top: "32px", bottom: "136px" }, maxZoom: 1 };
/** No map, and beside the buttons rather than above them. */
const LOW: Fit = { padding: { left: "64px", right: "24px", y: "24px" }, maxZoom: 1 };
/** The buttons lie in a row at the top. */
const NARROW: Fit = { padding: { x: "12px", top: "56px", bottom: "28px" }, maxZoom: 1 };

export function fitFor(isNarrow: boolean, isDrawerOpen: boolean): Fit {
  if (isNarrow) {
    return NARROW;
  }
  return isDrawerOpen ? LOW : WIDE;
}

/** How to show everything now. */
export function useFit(): Fit {
  const isNarrow = useNarrow();
  const isDrawerOpen = useWorkspace((workspace) => workspace.drawer !== null);
  return fitFor(isNarrow, isDrawerOpen);
}

/** Shows everything anew when the canvas becomes smaller or larger, as long as nobody has moved it. */
export function useRefit(fit: Fit, isWanted: boolean): void {
  const { fitView, getViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const drawn = useNodesInitialized();
  const shown = useRef<(Viewport & { size: string }) | null>(null);
  useEffect(() => {
    if (!isWanted || !drawn || width === 0) {
      return;
    }
    const size = `${String(width)} ${String(height)}`;
    const last = shown.current;
    if (last === null) {
      shown.current = { ...getViewport(), size };
    } else if (last.size !== size && isSame(last, getViewport())) {
      void fitView(fit).then(() => {
        shown.current = { ...getViewport(), size };
      });
    }
  }, [isWanted, drawn, width, height, fit, fitView, getViewport]);
}

function isSame(one: Viewport, other: Viewport): boolean {
  return Math.abs(one.x - other.x) < 1 && Math.abs(one.y - other.y) < 1 && Math.abs(one.zoom - other.zoom) < 0.01;
}
