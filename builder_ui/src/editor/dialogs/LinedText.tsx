/** Text with its line numbers beside it; lines that have a problem are marked. */
import { useRef } from "react";

export type LineProblem = { line: number; message: string };

type LinedTextProps = { text: string; problems: readonly LineProblem[]; change: (text: string) => void; readOnly: boolean };

export function LinedText({ text, problems, change, readOnly }: LinedTextProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const wrong = new Set(problems.map(({ line }) => line));
  const count = text.split("\n").length;
  return (
    <div className="lined-text">
      <div ref={gutter} className="lined-text-numbers" aria-hidden>
        {Array.from({ length: count }, (_, index) => (
          <span key={index} data-wrong={wrong.has(index + 1) || undefined}>
            {index + 1}
          </span>
        ))}
      </div>
      <textarea
        aria-label="Pipeline as text"
        data-first-focus
        aria-invalid={problems.length > 0}
        value={text}
        readOnly={readOnly}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          change(event.target.value);
        }}
        onScroll={(event) => {
          if (gutter.current) {
            gutter.current.scrollTop = event.currentTarget.scrollTop;
          }
        }}
      />
    </div>
  );
}
