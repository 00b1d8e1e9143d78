/** Brings what was asked for into view: a problem's node, port, parameter or wire. */
import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { useSelection } from "@/stores/selection";
import { own } from "@/graph/components";
import { positionsOf } from "@/graph/placing";
import { useDocument } from "@/stores/document";
import { useWorkspace } from "@/editor/workspace";

const FIELD_MS = 50;

export function useFocusedPlace(): void {
  const focus = useSelection((selection) => selection.focus);
  const { setCenter, getZoom, getNode } = useReactFlow();
  useEffect(() => {
    if (focus === null || focus.node === "") {
      return;
    }
    const { graph } = useDocument.getState();
    const at = own(positionsOf(graph), focus.node);
    const size = getNode(focus.node)?.measured;
    if (at) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      const middle = { x: at.x + (size?.width ?? 220) / 2, y: at.y + (size?.height ?? 110) / 2 };
      void setCenter(middle.x, middle.y, { zoom: Math.max(getZoom(), 0.6), duration: calm ? 0 : 250 });
    }
    useWorkspace.setState({ inspectorOpen: true });
    const timer = window.setTimeout(() => {
      focusOn(focus.node, focus.parameter);
    }, FIELD_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [focus, setCenter, getZoom, getNode]);
}

function focusOn(node: string, parameter: string): void {
  const field = parameter && document.querySelector<HTMLElement>(`[data-parameter="${CSS.escape(parameter)}"] :is(input, select, textarea, button[role=switch])`);
  const target = field || document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`);
  target?.focus({ preventScroll: !field });
}
