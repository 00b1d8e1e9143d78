/** One of a few: a select for an enumeration, a switch for yes and no. */
import type { WidgetProps } from "@/forms/widget_props";
import type { Value } from "@/graph/document";

export function ChoiceWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const choices: readonly Value[] = parameter.enum ?? [];
  const known = choices.includes(value);
  return (
    <select
      id={id}
      className="select"
      value={known ? choices.indexOf(value) : -1}
      disabled={disabled}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      onChange={(event) => {
        const chosen = choices[Number(event.target.value)];
        if (chosen !== undefined) {
          commit(chosen);
        }
      }}
    >
      {!known && (
        <option value={-1} disabled>
          {value === "" ? "Choose one" : `${String(value)} (not a choice)`}
        </option>
      )}
      {choices.map((choice, index) => (
        <option key={String(choice)} value={index}>
          {[String(choice), parameter.unit].filter(Boolean).join(" ")}
        </option>
      ))}
    </select>
  );
}

export function SwitchWidget({ id, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const on = value === true;
  return (
    <button
      id={id}
      type="button"
      role="switch"
      className="switch"
      aria-checked={on}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      disabled={disabled}
      onClick={() => {
        commit(!on);
      }}
    >
      <span className="switch-track" aria-hidden>
        <span className="switch-thumb" />
      </span>
      {on ? "On" : "Off"}
    </button>
  );
}
