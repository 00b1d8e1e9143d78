/** Joins the form of a node to the pipeline and to the run: every change is drawn, and those that can be go live. */
import { useMayEdit } from "@/editor/editing";
import { announce } from "@/editor/notices";
import { ParameterForm } from "@/forms/ParameterForm";
import { componentOf, type Component, own, type Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";
import { sentenceAtField } from "@/graph/problem_words";
import { canChangeLive, changeLive } from "@/live/parameters";
import { ParameterTick } from "@/live/ParameterTick";
import { isOver } from "@/live/state";
import { useDocument } from "@/stores/document";
import { useNodeLive, useRun } from "@/stores/live";
import { setParameter } from "@/stores/verbs";

export function NodeForm({ node }: { node: string }) {
  const placed = useDocument((store) => own(store.graph.nodes, node));
  const component = useDocument((store) => componentOf(placed?.component ?? "", store.components));
  if (!placed) {
    return null;
  }
  return component ? <KnownForm node={node} component={component} given={placed.parameters} /> : <KeptParameters given={placed.parameters} />;
}

type Given = Readonly<Record<string, Value>>;

function KnownForm({ node, component, given }: { node: string; component: Component; given: Given }) {
  const problems = useDocument((store) => store.problems);
  const mayEdit = useMayEdit();
  const running = useRunning(node);
  const mine = problems.filter((problem) => problem.node === node && problem.parameter !== "");
  return (
    <ParameterForm
      key={node}
      parameters={component.parameters}
      given={given}
      problemsOf={(name) => mine.filter((each) => each.parameter === name).map(sentenceAtField)}
      markOf={(name) => <Mark node={node} name={name} parameter={own(component.parameters, name)} given={given} running={running} />}
      disabled={!mayEdit}
      change={(name, value) => {
        changeParameter(node, component, name, value);
      }}
    />
  );
}

function changeParameter(node: string, component: Component, name: string, value: Value | undefined): void {
  setParameter(node, name, value);
  const parameter = own(component.parameters, name);
  const wanted = value ?? parameter?.default ?? undefined;
  const isAllowed = !useDocument.getState().problems.some((each) => each.node === node && each.parameter === name);
  if (parameter?.apply === "live" && wanted !== undefined && isAllowed && canChangeLive(node)) {
    changeLive(node, { [name]: wanted });
  }
  if (value === undefined) {
    announce(`${parameter?.title ?? name} has its default again`);
  }
}

/** The parameters that the node was started with, while it runs. */
function useRunning(node: string): Given | undefined {
  const run = useRun();
  const live = useNodeLive(node);
  return isOver(run) ? undefined : live?.parameters;
}

type MarkProps = { node: string; name: string; parameter: Parameter | undefined; given: Given; running: Given | undefined };

function Mark({ node, name, parameter, given, running }: MarkProps) {
  if (!running || !parameter) {
    return null;
  }
  if (parameter.apply === "live") {
    return <ParameterTick node={node} parameter={name} />;
  }
  const now = own(running, name) ?? parameter.default;
  const drawn = own(given, name) ?? parameter.default;
  const differs = now !== drawn;
  return (
    <span className="applied" data-differs={differs} title="A node keeps this as long as it runs">
      {differs ? "applies to the next run" : "next run"}
    </span>
  );
}

/** What a node of a missing component was set to; kept until the component is there again. */
function KeptParameters({ given }: { given: Given }) {
  const entries = Object.entries(given);
  return (
    <>
      <p className="notice notice-warning">
        This component is not installed here. The node keeps its parameters; install the component, or delete the node.
      </p>
      <dl className="kept-parameters">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{String(value).slice(0, 200)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
