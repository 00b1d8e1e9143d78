/** A colour: chosen in the browser's own picker, or typed as #rrggbb. */
import { useDraft } from "@/forms/draft";
import type { WidgetProps } from "@/forms/widget_props";

const COLOUR = /^#[0-9a-f]{6}$/i;

/** What was typed as a colour: `f80` and `#F80` mean #ff8800; anything else stays as it is. */
export function readColour(text: string): string {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
  if (short) {
    const [, red = "", green = "", blue = ""] = short;
    return `#${red}${red}${green}${green}${blue}${blue}`.toLowerCase();
  }
  const long = /^#?([0-9a-f]{6})$/i.exec(text.trim());
  return long ? `#${(long[1] ?? "").toLowerCase()}` : text;
}

export function ColourWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const draft = useDraft(value, readColour, commit);
  const colour = readColour(draft.text);
  return (
    <div className="field-row">
      <input
        className="field-colour"
        type="color"
        value={COLOUR.test(colour) ? colour : "#000000"}
        disabled={disabled}
        aria-label={`${parameter.title}, picker`}
        onChange={(event) => {
          draft.type(event.target.value);
        }}
        onBlur={draft.flush}
      />
      <input
        id={id}
        className="input field-number"
        value={draft.text}
        disabled={disabled}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event) => {
          draft.type(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            draft.flush();
          }
        }}
        onBlur={draft.flush}
      />
    </div>
  );
}
