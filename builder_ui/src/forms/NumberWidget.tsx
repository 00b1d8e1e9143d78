/** Numbers: typed with their unit, moved by arrow keys, and by a slider where the bounds are near. */
import type { KeyboardEvent } from "react";
import { useDraft } from "@/forms/draft";
import { describeBounds, hasSlider, readNumber, stepOf, stepped } from "@/forms/numbers";
import type { WidgetProps } from "@/forms/widget_props";

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };

export function NumberWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const draft = useDraft(value, readNumber, commit);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps = STEPS[event.key];
    if (event.key === "Enter") {
      draft.flush();
    } else if (steps !== undefined) {
      event.preventDefault();
      draft.type(String(stepped(parameter, readNumber(draft.text), steps)));
    }
  };
  return (
    <>
      <div className="field-row">
        {hasSlider(parameter) && (
          <NumberSlider parameter={parameter} text={draft.text} type={draft.type} flush={draft.flush} disabled={disabled} />
        )}
        <input
          id={id}
          className="input field-number"
          type="text"
          inputMode={parameter.type === "integer" ? "numeric" : "decimal"}
          value={draft.text}
          disabled={disabled}
          autoComplete="off"
          aria-invalid={invalid}
          aria-describedby={describedBy}
          title={describeBounds(parameter)}
          onChange={(event) => {
            draft.type(event.target.value);
          }}
          onKeyDown={onKeyDown}
          onBlur={draft.flush}
        />
        {parameter.unit && <span className="field-unit">{parameter.unit}</span>}
      </div>
    </>
  );
}

type SliderProps = Pick<WidgetProps, "parameter" | "disabled"> & {
  text: string;
  type: (text: string) => void;
  flush: () => void;
};

function NumberSlider({ parameter, text, type, flush, disabled }: SliderProps) {
  const number = readNumber(text);
  return (
    <input
      className="field-slider"
      type="range"
      min={parameter.minimum ?? 0}
      max={parameter.maximum ?? 1}
      step={stepOf(parameter)}
      value={typeof number === "number" ? number : 0}
      disabled={disabled}
      aria-label={`${parameter.title}, slider`}
      onChange={(event) => {
        type(event.target.value);
      }}
      onPointerUp={flush}
      onBlur={flush}
    />
  );
}
