/** Brings what was asked for into view: a problem's node, port, parameter or wire. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";
import { useSelection } from "@/stores/selection";
import { own } from "@/graph/components";
import { positionsOf } from "@/graph/placing";
import { useDocument } from "@/stores/document";
import { isInSight, LEGIBLE_ZOOM } from "@/editor/views";
import { useWorkspace } from "@/editor/workspace";

const FIELD_MS = 50;

export function useFocusedPlace(): void {
  const focus = useSelection((selection) => selection.focus);
  const { setCenter, getViewport, getNode } = useReactFlow();
  const canvas = useStoreApi();
  useEffect(() => {
    if (focus === null || focus.node === "") {
      return;
    }
    const { graph } = useDocument.getState();
    const at = own(positionsOf(graph), focus.node);
    const size = getNode(focus.node)?.measured;
    const box = at && { ...at, width: size?.width ?? 220, height: size?.height ?? 110 };
    // What can be read already stays where it is.
    if (box && !isInSight(box, getViewport(), canvas.getState())) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      void setCenter(middle.x, middle.y, { zoom: Math.max(getViewport().zoom, LEGIBLE_ZOOM), duration: calm ? 0 : 250 });
    }
    useWorkspace.setState({ inspectorOpen: true });
    const timer = window.setTimeout(() => {
      focusOn(focus.node, focus.parameter);
    }, FIELD_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [focus, setCenter, getViewport, getNode, canvas]);
}

function focusOn(node: string, parameter: string): void {
  const field = parameter && fieldOf(parameter);
  const target = field || document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`);
  target?.focus({ preventScroll: !field });
}

/** What is wrong says so itself; a number may have a slider beside it. */
function fieldOf(parameter: string): HTMLElement | null {
  const place = document.querySelector(`[data-parameter="${CSS.escape(parameter)}"]`);
  const wrong = place?.querySelector<HTMLElement>("[aria-invalid=true]");
  return wrong ?? place?.querySelector<HTMLElement>("input, select, textarea, button[role=switch]") ?? null;
}
