/** One node on the canvas: what it is, its ports, how it runs, and what is wrong with it. */
import type { NodeProps } from "@xyflow/react";
import { CircleHelp, TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { CanvasNode } from "@/editor/canvas_arrays";
import { ComponentIcon } from "@/editor/ComponentIcon";
import { NodeStanding } from "@/editor/ComponentStanding";
import { useMayEdit } from "@/editor/editing";
import { NodeName } from "@/editor/NodeName";
import { openDrawer } from "@/editor/workspace";
import { PortView, type ShownPort } from "@/editor/PortView";
import { type Component, componentOf, own } from "@/graph/components";
import type { Wire } from "@/graph/document";
import { type Problem } from "@/graph/problems";
import { sentenceAtField, titleOf } from "@/graph/problem_words";
import { NodeStatus } from "@/live/NodeStatus";
import { type DocumentStore, useDocument } from "@/stores/document";

export const NodeView = memo(function NodeView({ id }: NodeProps<CanvasNode>) {
  const ref = useDocument((store) => own(store.graph.nodes, id)?.component ?? "");
  const component = useDocument((store) => componentOf(ref, store.components));
  const mayEdit = useMayEdit();
  return (
    <div className="node" data-kind={component?.kind ?? "missing"} data-status={component?.status}>
      <header className="node-head">
        {component ? <ComponentIcon component={component} /> : <CircleHelp size={20} aria-hidden />}
        <div className="node-titles">
          <NodeName node={id} mayEdit={mayEdit} />
          <span className="node-component">{component?.title ?? "Missing component"}</span>
        </div>
        <ProblemBadge node={id} />
      </header>
      {component && <NodeStanding component={component} />}
      {component ? <Ports node={id} component={component} /> : <MissingBody node={id} component={ref} />}
      <footer className="node-foot">
        <NodeStatus node={id} />
      </footer>
    </div>
  );
});

function Ports({ node, component }: { node: string; component: Component }) {
  const inputs = Object.entries(component.inputs).map(([name, port]) => ({ name, type: port.type, needed: port.required }));
  const outputs = Object.entries(component.outputs).map(([name, port]) => ({ name, type: port.type, needed: false }));
  return <PortColumns node={node} inputs={inputs} outputs={outputs} />;
}

type Sides = { inputs: readonly ShownPort[]; outputs: readonly ShownPort[] };

function PortColumns({ node, inputs, outputs }: Sides & { node: string }) {
  return (
    <div className="node-ports">
      <ul className="node-inputs" aria-label={inputs.length > 0 ? "Inputs" : undefined} role="list">
        {inputs.map((port) => (
          <PortView key={port.name} node={node} port={port} side="input" />
        ))}
      </ul>
      <ul className="node-outputs" aria-label={outputs.length > 0 ? "Outputs" : undefined} role="list">
        {outputs.map((port) => (
          <PortView key={port.name} node={node} port={port} side="output" />
        ))}
      </ul>
    </div>
  );
}

/** A node whose component is not there keeps its parameters, and the ports that wires know of. */
function MissingBody({ node, component }: { node: string; component: string }) {
  const wires = useDocument((store) => store.graph.wires);
  const count = useDocument((store) => Object.keys(own(store.graph.nodes, node)?.parameters ?? {}).length);
  return (
    <>
      <p className="node-missing">
        <code>{component}</code> is not installed any more. Its wires {count > 0 && "and what was set of it "}are kept.
      </p>
      <PortColumns node={node} {...portsFromWires(node, wires)} />
    </>
  );
}

function portsFromWires(node: string, wires: readonly Wire[]): Sides {
  const shown = (names: string[]): ShownPort[] =>
    [...new Set(names)].map((name) => ({ name, type: "unknown", needed: false }));
  return {
    inputs: shown(wires.filter(({ target }) => target === node).map(({ targetPort }) => targetPort)),
    outputs: shown(wires.filter(({ source }) => source === node).map(({ sourcePort }) => sourcePort)),
  };
}

function sentenceAtNode(problem: Problem, { graph, components }: DocumentStore): string {
  const { node, parameter } = problem;
  const field = parameter === "" ? "" : `${titleOf(node, parameter, graph, components)}: `;
  return `${field}${sentenceAtField(problem)}`;
}

function ProblemBadge({ node }: { node: string }) {
  const count = useDocument((store) => store.problems.filter((problem) => problem.node === node).length);
  const text = useDocument((store) =>
    store.problems.filter((problem) => problem.node === node).map((problem) => sentenceAtNode(problem, store)).join("\n"),
  );
  if (count === 0) {
    return null;
  }
  const label = count === 1 ? "1 problem" : `${String(count)} problems`;
  return (
    <button
      type="button"
      className="problem-badge nodrag"
      title={text}
      tabIndex={-1}
      aria-label={`${label}: ${text}`}
      onClick={() => {
        openDrawer("problems");
      }}
    >
      <TriangleAlert size={14} aria-hidden /> {count}
    </button>
  );
}
