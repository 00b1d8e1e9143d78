/** What an empty pipeline says: how to begin, with the gateways that are there. */
import { useReactFlow } from "@xyflow/react";
import { offered } from "@/editor/component_search";
import { ComponentIcon } from "@/editor/ComponentIcon";
import { useMayEdit } from "@/editor/editing";
import { announce } from "@/editor/notices";
import { openDialog } from "@/editor/workspace";
import { useDocument } from "@/stores/document";
import { addNode } from "@/stores/verbs";

const MOST_STARTERS = 3;

export function EmptyCanvas() {
  const components = useDocument((store) => store.components);
  const mayEdit = useMayEdit();
  const { setViewport } = useReactFlow();
  if (!mayEdit) {
    return (
      <div className="empty-canvas">
        <h2>This pipeline has no nodes yet</h2>
        <p>Someone who may edit it can add some, on a screen wider than a phone&apos;s.</p>
      </div>
    );
  }
  const starters = offered(components).filter(({ kind, inputs }) => kind === "gateway" && Object.keys(inputs).length === 0);
  return (
    <div className="empty-canvas nopan nodrag">
      <h2>Begin with where media comes from</h2>
      <div className="empty-starters">
        {starters.slice(0, MOST_STARTERS).map((component) => (
          <button
            key={component.ref}
            type="button"
            className="empty-starter"
            onClick={() => {
              const name = addNode(component.ref, { x: 0, y: 0 });
              announce(`${component.title} added as ${name}`);
              void setViewport({ x: 120, y: 200, zoom: 1 });
            }}
          >
            <ComponentIcon component={component} size={24} />
            <strong>{component.title}</strong>
            <span>{component.description}</span>
          </button>
        ))}
      </div>
      <p>
        Then pull a wire from its output and let go on the empty canvas: what fits there is offered. Or double-click
        anywhere, drag from the list on the left, or{" "}
        <button
          type="button"
          className="link-button"
          onClick={() => {
            openDialog("text");
          }}
        >
          paste a pipeline as text
        </button>
        .
      </p>
    </div>
  );
}
