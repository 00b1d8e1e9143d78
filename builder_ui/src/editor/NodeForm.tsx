/** Joins the form of a node to the pipeline and to the run: every change is drawn, and those that can be go live. */
import { useMayEdit } from "@/editor/editing";
import { announce } from "@/editor/notices";
import { ParameterForm } from "@/forms/ParameterForm";
import { componentOf, type Component, own, type Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";
import { sentenceAtField } from "@/graph/problem_words";
import { RunNote } from "@/editor/RunNote";
import { canChangeLive, changeLive, useParameterChanges } from "@/live/parameters";
import { ParameterTick } from "@/live/ParameterTick";
import { useRunningNode, valuesInRun } from "@/live/running_values";
import type { LiveNode } from "@/live/state";
import { useDocument } from "@/stores/document";
import { useConnection } from "@/stores/live";
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
  const running = useRunningNode(node);
  const changes = useParameterChanges();
  const forRun = useForRun(running, mayEdit);
  const mine = problems.filter((problem) => problem.node === node && problem.parameter !== "");
  const { parameters } = component;
  return (
    <>
      {!mayEdit && <Limits isForRun={forRun !== undefined} />}
      <ParameterForm
        key={node}
        parameters={parameters}
        given={forRun ? valuesInRun(node, parameters, given, forRun, changes) : given}
        problemsOf={(name) => mine.filter((each) => each.parameter === name).map(sentenceAtField)}
        markOf={(name) => <Mark node={node} name={name} parameter={own(parameters, name)} given={given} running={running?.parameters} />}
        noteOf={(name) => forRun ? null : <RunNote node={node} name={name} parameter={own(parameters, name)} drawn={own(given, name)} />}
        isDisabled={(name) => !mayEdit && !(forRun && isForRun(own(parameters, name)))}
        change={(name, value) => {
          if (mayEdit) {
            changeParameter(node, component, name, value);
          } else {
            changeInRun(node, own(parameters, name), name, value);
          }
        }}
      />
    </>
  );
}

/** The running node, where this person may change it but cannot draw here: on a screen too small for that. */
function useForRun(running: LiveNode | undefined, mayEdit: boolean): LiveNode | undefined {
  const isAllowed = useDocument((store) => store.may.edit);
  const isClosed = useConnection() === "closed";
  return !mayEdit && isAllowed && !isClosed && running?.parameters ? running : undefined;
}

function isForRun(parameter: Parameter | undefined): boolean {
  return parameter?.apply === "live" && !parameter.secret;
}

/** Why fields are disabled, for those who may not draw here. */
function Limits({ isForRun }: { isForRun: boolean }) {
  const isAllowed = useDocument((store) => store.may.edit);
  const words = isForRun
    ? "What you change here goes to this run alone; the draft stays as it is. The other parameters cannot change while it runs."
    : isAllowed
      ? "On a screen this small the draft can only be looked at. While the pipeline runs, parameters that apply at once can be changed."
      : "Your role in this team may look at parameters, but not change them. Ask an admin for the role of a developer.";
  return <p className="form-limits">{words}</p>;
}

function changeParameter(node: string, component: Component, name: string, value: Value | undefined): void {
  setParameter(node, name, value);
  const parameter = own(component.parameters, name);
  const isAllowed = !useDocument.getState().problems.some((each) => each.node === node && each.parameter === name);
  if (isAllowed) {
    changeInRun(node, parameter, name, value);
  }
  if (value === undefined) {
    announce(`${parameter?.title ?? name} has its default again`);
  }
}

function changeInRun(node: string, parameter: Parameter | undefined, name: string, value: Value | undefined): void {
  const wanted = value ?? parameter?.default ?? undefined;
  if (parameter?.apply === "live" && wanted !== undefined && canChangeLive(node)) {
    changeLive(node, { [name]: wanted });
  }
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
