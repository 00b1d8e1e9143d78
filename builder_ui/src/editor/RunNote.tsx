/** Below a field whose value the run has not: what it has instead, and a way to bring the two together. */
import { useMayEdit } from "@/editor/editing";
import { shownValue } from "@/forms/kinds";
import type { Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";
import { canChangeLive, changeLive, useParameterChange } from "@/live/parameters";
import { differenceOf, useRunningNode } from "@/live/running_values";
import { useDocument } from "@/stores/document";
import { useConnection } from "@/stores/live";
import { setParameter } from "@/stores/verbs";

export type RunNoteProps = { node: string; name: string; parameter: Parameter | undefined; drawn: Value | undefined };

export function RunNote({ node, name, parameter, drawn }: RunNoteProps) {
  const mayEdit = useMayEdit();
  const running = useRunningNode(node);
  const change = useParameterChange(node, name);
  const mayChange = useDocument((store) => store.may.edit);
  const isRight = useDocument((store) => !store.problems.some((each) => each.node === node && each.parameter === name));
  const isClosed = useConnection() === "closed";
  const difference = parameter && running ? differenceOf(parameter, name, drawn, running, change) : null;
  if (!parameter || !difference) {
    return null;
  }
  return (
    <p className="run-note">
      <span>{difference.words}</span>
      {mayEdit && (
        <button type="button" className="button button-quiet" aria-label={`Take what the run has for ${parameter.title} into the draft`}
          onClick={() => { setParameter(node, name, difference.value); }}>
          Take into the draft
        </button>
      )}
      {mayChange && !isClosed && isRight && (
        <button type="button" className="button button-quiet" aria-label={`Send the draft's ${parameter.title} to the run`}
          onClick={() => {
            if (canChangeLive(node)) changeLive(node, { [name]: shownValue(parameter, drawn) });
          }}>
          Send to the run
        </button>
      )}
    </p>
  );
}
