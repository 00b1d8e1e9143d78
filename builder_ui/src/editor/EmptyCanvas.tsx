/** What an empty pipeline says: how to begin, with the gateways that are there. */
import { Braces } from "lucide-react";
import { offered } from "@/editor/component_search";
import { ComponentIcon } from "@/editor/ComponentIcon";
import { useMayEdit } from "@/editor/editing";
import { announce } from "@/editor/notices";
import { openDialog } from "@/editor/workspace";
import { useDocument } from "@/stores/document";
import { addNode } from "@/stores/verbs";

const MOST_STARTERS = 2;

export function EmptyCanvas() {
  const components = useDocument((store) => store.components);
  const mayEdit = useMayEdit();
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
            }}
          >
            <ComponentIcon component={component} size={24} />
            <strong>{component.title}</strong>
            <span>{component.description}</span>
          </button>
        ))}
        <button
          type="button"
          className="empty-starter"
          onClick={() => {
            openDialog("text");
          }}
        >
          <Braces size={24} className="component-icon-line" aria-hidden />
          <strong>A pipeline as text</strong>
          <span>Paste one as YAML, or open its file.</span>
        </button>
      </div>
      <ol className="empty-steps">
        <li>Choose one of these, or drag any component from the list on the left.</li>
        <li>
          Drag from a port of it to the empty canvas: what fits there is offered. On the keyboard: select the node and press{" "}
          <kbd className="kbd">C</kbd>.
        </li>
        <li>Press Run: every node starts by itself, and shows here how it fares.</li>
      </ol>
    </div>
  );
}
