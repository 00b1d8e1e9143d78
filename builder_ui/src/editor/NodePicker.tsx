/** The search for a component at the pointer: on empty canvas, at the loose end of a wire, on a wire. */
import { useEffect, useRef } from "react";
import { ComponentList } from "@/editor/ComponentList";
import { offered } from "@/editor/component_search";
import { offeredFor, pickFor } from "@/editor/placing";
import { openPicker, type Picker, useWorkspace } from "@/editor/workspace";
import { useDocument } from "@/stores/document";

const WIDTH = 320;
const HEIGHT = 380;

export function NodePicker() {
  const picker = useWorkspace((workspace) => workspace.picker);
  return picker && <PickerBox picker={picker} />;
}

function PickerBox({ picker }: { picker: Picker }) {
  const components = useDocument((store) => store.components);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    input.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) {
        before.focus({ preventScroll: true });
      }
    };
  }, []);
  useEffect(() => {
    const closeOutside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) {
        openPicker(null);
      }
    };
    window.addEventListener("pointerdown", closeOutside, { capture: true });
    return () => {
      window.removeEventListener("pointerdown", closeOutside, { capture: true });
    };
  }, []);
  const title = titleOf(picker);
  return (
    <div
      ref={box}
      className="node-picker"
      role="dialog"
      aria-label={title}
      style={{
        left: Math.max(8, Math.min(picker.screen.x, window.innerWidth - WIDTH - 8)),
        top: Math.max(8, Math.min(picker.screen.y, window.innerHeight - HEIGHT - 8)),
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") {
          event.preventDefault();
          event.stopPropagation();
          openPicker(null);
        }
      }}
    >
      <p className="node-picker-title">{title}</p>
      <ComponentList
        input={input}
        components={offeredFor(picker, offered(components))}
        label={title}
        none="No component fits here. Search for less, or add one from the palette."
        pick={({ ref }) => {
          openPicker(null);
          pickFor(picker, ref);
        }}
      />
    </div>
  );
}

function titleOf({ from, onWire }: Picker): string {
  if (from) {
    return from.side === "output" ? `What takes ${from.node}.${from.port}?` : `What feeds ${from.node}.${from.port}?`;
  }
  return onWire ? `Insert between ${onWire.source} and ${onWire.target}` : "Add a component";
}
