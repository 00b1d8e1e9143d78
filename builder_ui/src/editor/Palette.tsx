/** What can be placed: components by kind, found by typing, placed by Enter, a click or by carrying them over. */
import { useReactFlow } from "@xyflow/react";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { startCarrying } from "@/editor/carrying";
import { isOnCanvas } from "@/editor/canvas_places";
import { offered } from "@/editor/component_search";
import { ComponentIcon } from "@/editor/ComponentIcon";
import { ComponentList } from "@/editor/ComponentList";
import { announce } from "@/editor/notices";
import { putDown } from "@/editor/placing";
import { useWorkspace } from "@/editor/workspace";
import { componentOf } from "@/graph/components";
import { useDocument } from "@/stores/document";
import { focusNode } from "@/stores/selection";
import { addNode } from "@/stores/verbs";

export function Palette() {
  const components = useDocument((store) => store.components);
  const isOpen = useWorkspace((workspace) => workspace.paletteOpen);
  const { screenToFlowPosition } = useReactFlow();
  const toggle = (): void => {
    useWorkspace.setState({ paletteOpen: !isOpen });
  };
  if (!isOpen) {
    return (
      <aside className="palette palette-closed" aria-label="Components">
        <button type="button" className="icon-button" aria-label="Show the components" onClick={toggle}>
          <PanelLeftOpen size={18} aria-hidden />
        </button>
      </aside>
    );
  }
  return (
    <aside className="palette" aria-label="Components" id="palette">
      <header className="panel-head">
        <h2>Components</h2>
        <button type="button" className="icon-button" aria-label="Hide the components" onClick={toggle}>
          <PanelLeftClose size={18} aria-hidden />
        </button>
      </header>
      <ComponentList
        components={offered(components)}
        label="Components"
        none="No component is called so. Search for what it does, such as record or caption."
        pick={({ ref, title }) => {
          const name = addNode(ref);
          announce(`${title} added as ${name}`);
          focusNode(name);
        }}
        carry={(component, event) => {
          startCarrying(component, event, (ref, at) => {
            if (isOnCanvas(at)) {
              putDown(ref, at, screenToFlowPosition(at));
            }
          });
        }}
      />
    </aside>
  );
}

/** The component that is being carried, under the pointer. */
export function Carried() {
  const carried = useWorkspace((workspace) => workspace.carried);
  const component = useDocument((store) => (carried ? componentOf(carried.ref, store.components) : undefined));
  if (!carried || !component) {
    return null;
  }
  return (
    <div className="carried" style={{ transform: `translate(${String(carried.x)}px, ${String(carried.y)}px)` }}>
      <ComponentIcon component={component} /> {component.title}
    </div>
  );
}
