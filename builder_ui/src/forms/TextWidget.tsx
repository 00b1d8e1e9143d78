/** Text of one line, and of several lines. */
import type { KeyboardEvent } from "react";
import { useDraft } from "@/forms/draft";
import type { WidgetProps } from "@/forms/widget_props";

const asTyped = (text: string): string => text;

export function TextWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const draft = useDraft(value, asTyped, commit);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      draft.flush();
    }
  };
  return (
    <>
      <input
        id={id}
        className="input"
        type="text"
        value={draft.text}
        disabled={disabled}
        autoComplete="off"
        spellCheck={false}
        placeholder={typeof parameter.default === "string" ? parameter.default : ""}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event) => {
          draft.type(event.target.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={draft.flush}
      />
      <Counter length={draft.text.length} most={parameter.max_length} />
    </>
  );
}

export function LinesWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const draft = useDraft(value, asTyped, commit);
  const rows = Math.min(8, Math.max(2, draft.text.split("\n").length));
  return (
    <>
      <textarea
        id={id}
        className="input field-lines"
        rows={rows}
        value={draft.text}
        disabled={disabled}
        spellCheck={false}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event) => {
          draft.type(event.target.value);
        }}
        onBlur={draft.flush}
      />
      <Counter length={draft.text.length} most={parameter.max_length} />
    </>
  );
}

function Counter({ length, most }: { length: number; most: number | null | undefined }) {
  if (typeof most !== "number") {
    return null;
  }
  return (
    <span className={length > most ? "field-counter field-counter-over" : "field-counter"}>
      {length} / {most}
    </span>
  );
}
