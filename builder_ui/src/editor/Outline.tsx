/** The pipeline as a list: everything that the canvas can do, without seeing it. */
import { Link2, Pencil, Plus, Trash2, Unlink } from "lucide-react";
import { useMayEdit } from "@/editor/editing";
import { mediaOf } from "@/editor/canvas_arrays";
import { announce } from "@/editor/notices";
import { NodeName } from "@/editor/NodeName";
import { startConnecting, startRenaming } from "@/editor/workspace";
import { componentOf } from "@/graph/components";
import { type Wire, wireId } from "@/graph/document";
import { WireStatus } from "@/live/WireStatus";
import { NodeStatus } from "@/live/NodeStatus";
import { useDocument } from "@/stores/document";
import { focusNode } from "@/stores/selection";
import { disconnect, removeNodes } from "@/stores/verbs";

export function Outline() {
  const graph = useDocument((store) => store.graph);
  const names = Object.keys(graph.nodes);
  if (names.length === 0) {
    return <p className="drawer-empty">No nodes yet. Add one from the components on the left.</p>;
  }
  return (
    <ul className="outline">
      {names.map((name) => (
        <OutlineNode key={name} node={name} wires={graph.wires.filter(({ source, target }) => source === name || target === name)} />
      ))}
    </ul>
  );
}

function OutlineNode({ node, wires }: { node: string; wires: readonly Wire[] }) {
  const mayEdit = useMayEdit();
  const title = useDocument((store) => componentOf(store.graph.nodes[node]?.component ?? "", store.components)?.title ?? "Missing component");
  const problems = useDocument((store) => store.problems.filter((each) => each.node === node).length);
  return (
    <li className="outline-node">
      <div className="outline-head">
        <button type="button" className="link-button" aria-label={`Show ${node} on the canvas`} onClick={() => { focusNode(node); }}>
          <NodeName node={node} mayEdit={false} />
        </button>
        <span className="outline-title">{title}</span>
        <NodeStatus node={node} />
        {problems > 0 && <span className="badge" data-tone="danger">{problems === 1 ? "1 problem" : `${String(problems)} problems`}</span>}
        {mayEdit && <OutlineActions node={node} />}
      </div>
      {wires.length > 0 && (
        <ul className="outline-wires">
          {wires.map((wire) => (
            <OutlineWire key={wireId(wire)} node={node} wire={wire} mayEdit={mayEdit} />
          ))}
        </ul>
      )}
    </li>
  );
}

function OutlineActions({ node }: { node: string }) {
  return (
    <span className="outline-actions">
      <button type="button" className="icon-button" aria-label={`Connect ${node}`} title="Connect" onClick={() => { startConnecting(node); }}>
        <Plus size={15} aria-hidden />
      </button>
      <button type="button" className="icon-button" aria-label={`Rename ${node}`} title="Rename" onClick={() => { focusNode(node); startRenaming(node); }}>
        <Pencil size={15} aria-hidden />
      </button>
      <button type="button" className="icon-button" aria-label={`Delete ${node}`} title="Delete"
        onClick={() => {
          removeNodes([node]);
          announce(`${node} removed. Undo brings it back.`);
        }}>
        <Trash2 size={15} aria-hidden />
      </button>
    </span>
  );
}

function OutlineWire({ node, wire, mayEdit }: { node: string; wire: Wire; mayEdit: boolean }) {
  const media = useDocument((store) => mediaOf(wire, store.graph, store.components));
  const isOutput = wire.source === node;
  const text = isOutput
    ? `output ${wire.sourcePort} to ${wire.target}.${wire.targetPort}`
    : `input ${wire.targetPort} from ${wire.source}.${wire.sourcePort}`;
  return (
    <li>
      <Link2 size={14} aria-hidden /> {text} <WireStatus wireId={wireId(wire)} carried={media} />
      {mayEdit && (
        <button type="button" className="icon-button" aria-label={`Disconnect ${text}`} title="Disconnect"
          onClick={() => {
            disconnect(wire);
            announce(`Disconnected ${wire.source}.${wire.sourcePort} from ${wire.target}.${wire.targetPort}`);
          }}>
          <Unlink size={14} aria-hidden />
        </button>
      )}
    </li>
  );
}
