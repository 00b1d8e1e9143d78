/** What a node has written: its last lines, followed while it runs, of any of its attempts. */

import { Copy, Download } from "lucide-react";
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { isOver } from "@/live/state";
import { TAIL_LINES, useNodeLog } from "@/preview/log_poll";
import { filterLines, linesOf } from "@/preview/log_text";
import { useNodeLive, useRun } from "@/stores/live";

/** Attempts that are offered; older ones have no log any more. */
const MAX_ATTEMPTS = 20;

export function LogPanel({ node }: { node: string }) {
  return <Log node={node} key={node} />;
}

function Log({ node }: { node: string }) {
  const run = useRun();
  const newest = useNodeLive(node)?.attempt ?? 0;
  const [attempt, setAttempt] = useState<number | undefined>();
  const [words, setWords] = useState("");
  const { log, error } = useNodeLog(run?.id, node, attempt, !isOver(run));
  const lines = useMemo(() => linesOf(log?.text ?? ""), [log?.text]);
  const shown = filterLines(lines, useDeferredValue(words));
  if (!run) return <p className="panel-empty">There is no log yet. Press Run; what the node writes is shown here.</p>;
  return (
    <section className="log-panel" aria-label={`Log of ${node}`}>
      <div className="log-bar">
        <input
          type="search"
          className="input"
          placeholder="Filter lines"
          aria-label="Filter lines"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
          }}
        />
        <AttemptChoice newest={newest} attempt={attempt} choose={setAttempt} />
        <LogActions node={node} attempt={log?.attempt ?? newest} text={shown.join("\n")} />
      </div>
      {error && (
        <p className="notice notice-danger" role="alert">
          {error}
        </p>
      )}
      <Lines lines={shown} word={wordOf(log !== null, error, lines.length, shown.length)} />
      <p className="log-foot">
        {log?.truncated ? `The last ${TAIL_LINES} lines. ` : ""}
        {words.trim() && lines.length > 0 ? `${shown.length} of ${lines.length} lines. ` : ""}
        {log?.live === false ? "This attempt has ended." : ""}
      </p>
    </section>
  );
}

function wordOf(loaded: boolean, error: string, lines: number, shown: number): string {
  if (!loaded) return error ? "" : "Loading the log …";
  if (lines === 0) return "The node has written nothing yet.";
  return shown === 0 ? "No line has these words." : "";
}

type AttemptProps = { newest: number; attempt: number | undefined; choose: (attempt: number | undefined) => void };

function AttemptChoice({ newest, attempt, choose }: AttemptProps) {
  if (newest < 2) return null;
  const oldest = Math.max(1, newest - MAX_ATTEMPTS + 1);
  const attempts = Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);
  return (
    <select
      className="select"
      aria-label="Attempt"
      value={attempt ?? ""}
      onChange={(event) => {
        choose(event.target.value === "" ? undefined : Number(event.target.value));
      }}
    >
      <option value="">Newest attempt</option>
      {attempts.map((each) => (
        <option key={each} value={each}>
          Attempt {each}
        </option>
      ))}
    </select>
  );
}

function LogActions({ node, attempt, text }: { node: string; attempt: number; text: string }) {
  const [copied, setCopied] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("Copied");
    } catch {
      setCopied("The browser does not let this page copy; use Download.");
    }
    setTimeout(setCopied, 3000, "");
  };
  return (
    <>
      <button type="button" className="icon-button" aria-label="Copy these lines" title="Copy" onClick={() => void copy()}>
        <Copy size={16} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="Download these lines"
        title="Download"
        onClick={() => {
          downloadText(`${node}-attempt-${attempt}.log`, text);
        }}
      >
        <Download size={16} aria-hidden />
      </button>
      <span className="log-copied" role="status">
        {copied}
      </span>
    </>
  );
}

function downloadText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 10_000);
}

/** Follows the end until someone scrolls up; the button goes back to it. */
function Lines({ lines, word }: { lines: readonly string[]; word: string }) {
  const box = useRef<HTMLPreElement>(null);
  const [following, setFollowing] = useState(true);
  useLayoutEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [following, lines]);
  return (
    <div className="log-frame">
      {word && <p className="panel-empty">{word}</p>}
      <pre
        ref={box}
        className="log-lines"
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Lines"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < 24);
        }}
      >
        {lines.join("\n")}
      </pre>
      {!following && (
        <button
          type="button"
          className="button log-follow"
          onClick={() => {
            setFollowing(true);
          }}
        >
          Follow the end
        </button>
      )}
    </div>
  );
}
