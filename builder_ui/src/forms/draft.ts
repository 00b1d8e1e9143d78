/** What is being typed in a field, until a pause, Enter or leaving it makes it one change of the pipeline. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Value } from "@/graph/document";

const PAUSE_MS = 300;

export type Draft = {
  text: string;
  /** Take what was typed; it is committed after a pause. */
  type: (text: string) => void;
  /** Commit now, as Enter and leaving the field do. */
  flush: () => void;
};

/**
 * Hold the text of a field. A value that comes from elsewhere (undo, another person) replaces it, but never text that
 * already means that value: "1." stays while 1 is stored.
 */
export function useDraft(value: Value, read: (text: string) => Value, commit: (value: Value) => void): Draft {
  const [text, setText] = useState(String(value));
  const [seen, setSeen] = useState(value);
  const pending = useRef<{ timer: number; text: string } | null>(null);
  const latest = useRef({ read, commit });
  useEffect(() => {
    latest.current = { read, commit };
  });

  if (seen !== value) {
    setSeen(value);
    if (read(text) !== value) {
      setText(String(value));
    }
  }

  const flush = useCallback(() => {
    const waiting = pending.current;
    if (waiting) {
      window.clearTimeout(waiting.timer);
      pending.current = null;
      latest.current.commit(latest.current.read(waiting.text));
    }
  }, []);

  const type = useCallback(
    (next: string) => {
      setText(next);
      window.clearTimeout(pending.current?.timer);
      pending.current = { timer: window.setTimeout(flush, PAUSE_MS), text: next };
    },
    [flush],
  );

  useEffect(() => flush, [flush]);
  return { text, type, flush };
}
