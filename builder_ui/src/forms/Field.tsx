/** One parameter: label, widget, help, and what is wrong with it. */
import { RotateCcw, TriangleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { describeDefault, isDefault, kindOf, type Parameter, shownValue } from "@/forms/kinds";
import { describeBounds } from "@/forms/numbers";
import { WIDGETS } from "@/forms/widgets";
import type { Value } from "@/graph/document";

export type FieldProps = {
  name: string;
  parameter: Parameter;
  /** What the node sets; undefined where the default is in force. */
  given: Value | undefined;
  problems: readonly string[];
  /** Beside the label: where a change of it has got to. */
  mark: ReactNode;
  /** Below the control: what else is to be known of the value. */
  note?: ReactNode;
  disabled: boolean;
  /** Undefined brings the default back. */
  change: (name: string, value: Value | undefined) => void;
};

export function Field({ name, parameter, given, problems, mark, note, disabled, change }: FieldProps) {
  const id = useId();
  const Widget = WIDGETS[kindOf(parameter)];
  const help = [parameter.help, describeNumber(parameter)].filter(Boolean).join(" ");
  const described = [help && `${id}-help`, problems.length > 0 && `${id}-problem`].filter(Boolean).join(" ");
  const changed = !isDefault(parameter, given);
  return (
    <div className="field parameter" data-parameter={name}>
      <div className="parameter-head">
        <label htmlFor={id}>{parameter.title}</label>
        {mark}
        {changed && parameter.default !== null && (
          <button
            type="button"
            className="icon-button parameter-reset"
            disabled={disabled}
            aria-label={`Reset ${parameter.title} to its default, ${describeDefault(parameter)}`}
            title={`Reset to default: ${describeDefault(parameter)}`}
            onClick={() => {
              change(name, undefined);
            }}
          >
            <RotateCcw size={14} aria-hidden />
          </button>
        )}
      </div>
      <Widget
        id={id}
        parameter={parameter}
        value={shownValue(parameter, given)}
        commit={(value) => {
          if (value !== shownValue(parameter, given)) {
            change(name, value);
          }
        }}
        disabled={disabled}
        invalid={problems.length > 0}
        describedBy={described === "" ? undefined : described}
      />
      {note}
      {problems.length > 0 && (
        <p id={`${id}-problem`} className="field-problem">
          <TriangleAlert size={14} aria-hidden /> {problems.join(" ")}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="field-help">
          {help}
        </p>
      )}
    </div>
  );
}

function describeNumber(parameter: Parameter): string {
  const bounds = parameter.type === "integer" || parameter.type === "number" ? describeBounds(parameter) : "";
  return bounds && `${bounds[0]?.toUpperCase() ?? ""}${bounds.slice(1)}.`;
}
