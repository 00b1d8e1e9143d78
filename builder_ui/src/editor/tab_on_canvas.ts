/** Tab right after a click on empty canvas searches for a component there; at any other time it moves the focus on. */
import { useReactFlow } from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, useCallback, useEffect, useRef } from "react";
import { mayEditNow } from "@/editor/editing";
import { openPicker } from "@/editor/workspace";

/** Returns what to call with a click on empty canvas. */
export function useTabOnCanvas(): (event: ReactMouseEvent) => void {
  const clicked = useRef<{ x: number; y: number } | null>(null);
  const { screenToFlowPosition } = useReactFlow();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const at = clicked.current;
      clicked.current = null;
      const plain = event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (at && plain && !event.defaultPrevented && mayEditNow()) {
        event.preventDefault();
        openPicker({ screen: at, position: screenToFlowPosition(at) });
      }
    };
    const forget = (): void => {
      clicked.current = null;
    };
    window.addEventListener("keydown", onKeyDown);
    window.addEventListener("pointerdown", forget, { capture: true });
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      window.removeEventListener("pointerdown", forget, { capture: true });
    };
  }, [screenToFlowPosition]);
  return useCallback((event: ReactMouseEvent) => {
    clicked.current = { x: event.clientX, y: event.clientY };
  }, []);
}
