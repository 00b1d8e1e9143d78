/** What the inspector shows of a wire, of several nodes, and of the pipeline when nothing is selected. */
import { Copy, Settings, Trash2 } from "lucide-react";
import { mediaOf } from "@/editor/canvas_arrays";
import { useMayEdit } from "@/editor/editing";
import { PortMark } from "@/editor/PortMark";
import { openDialog } from "@/editor/workspace";
import { type Wire, wireId } from "@/graph/document";
import { WireStatus } from "@/live/WireStatus";
import { wireDetailOf } from "@/live/wire_look";
import { duplicate } from "@/stores/clipboard";
import { useDocument } from "@/stores/document";
import { useWireLive } from "@/stores/live";
import { focusNode } from "@/stores/selection";
import { disconnect, removeSelected } from "@/stores/verbs";

export function WireInspector({ wire }: { wire: Wire }) {
  const id = wireId(wire);
  const media = useDocument((store) => mediaOf(wire, store.graph, store.components));
  const live = useWireLive(id);
  const mayEdit = useMayEdit();
  const end = (node: string, port: string) => (
    <button type="button" className="link-button" onClick={() => { focusNode(node); }}>
      {node}.{port}
    </button>
  );
  return (
    <section className="inspector-section" aria-label="Wire">
      <header className="inspector-head">
        <h2>Wire</h2>
        <p>
          {media !== "unknown" && <PortMark type={media} />} {media}: {end(wire.source, wire.sourcePort)} →{" "}
          {end(wire.target, wire.targetPort)}
        </p>
        <p className="inspector-wire">
          <WireStatus wireId={id} carried={media} />
        </p>
        {live && <p className="inspector-about">{wireDetailOf(live, media)}</p>}
        {mayEdit && (
          <div className="inspector-actions">
            <button type="button" className="button button-quiet" onClick={() => { disconnect(wire); }}>
              <Trash2 size={15} aria-hidden /> Delete
            </button>
          </div>
        )}
      </header>
    </section>
  );
}

export function SeveralInspector({ count }: { count: number }) {
  const mayEdit = useMayEdit();
  return (
    <section className="inspector-section" aria-label="Selection">
      <header className="inspector-head">
        <h2>{count} nodes</h2>
        {mayEdit && (
          <div className="inspector-actions">
            <button type="button" className="button button-quiet" onClick={() => { duplicate(); }}>
              <Copy size={15} aria-hidden /> Duplicate
            </button>
            <button type="button" className="button button-quiet" onClick={removeSelected}>
              <Trash2 size={15} aria-hidden /> Delete
            </button>
          </div>
        )}
      </header>
    </section>
  );
}

export function PipelineInspector() {
  const description = useDocument((store) => store.graph.description);
  const nodes = useDocument((store) => Object.keys(store.graph.nodes).length);
  const wires = useDocument((store) => store.graph.wires.length);
  const mayEdit = useMayEdit();
  return (
    <section className="inspector-section" aria-label="Pipeline">
      <header className="inspector-head">
        <h2>Pipeline</h2>
        <p>
          {nodes} {nodes === 1 ? "node" : "nodes"}, {wires} {wires === 1 ? "wire" : "wires"}
        </p>
        {description && <p className="inspector-about">{description}</p>}
        {mayEdit && (
          <div className="inspector-actions">
            <button type="button" className="button button-quiet" onClick={() => { openDialog("settings"); }}>
              <Settings size={15} aria-hidden /> Name and description
            </button>
          </div>
        )}
      </header>
      {nodes > 0 && <p className="inspector-empty">Select a node to see its parameters, log and files, or a wire to see what flows.</p>}
    </section>
  );
}
