/** The pipeline as text: the same document as the canvas, to read, copy, download, and to replace by another. */
import { useReactFlow } from "@xyflow/react";
import { Copy, Download, FileUp } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { parseDocument, printDocument } from "@/api/client";
import { ApiProblem, sentenceOf } from "@/api/problem";
import { Dialog } from "@/editor/dialogs/Dialog";
import { type LineProblem, LinedText } from "@/editor/dialogs/LinedText";
import { useMayEdit } from "@/editor/editing";
import { toast } from "@/editor/notices";
import { openDialog } from "@/editor/workspace";
import { fromDocument, toDocument } from "@/graph/document";
import { cleaned } from "@/graph/secret_rules";
import { replaceGraph, useDocument } from "@/stores/document";

/** New nodes are measured by then. */
const SETTLED_MS = 100;
const MOST_BYTES = 1024 * 1024;

export default function TextDialog() {
  const mayEdit = useMayEdit();
  const { fitView } = useReactFlow();
  const { text, setText, printed, error, setError } = usePrinted();
  const [problems, setProblems] = useState<readonly LineProblem[]>([]);
  const [isBusy, setBusy] = useState(false);
  const edit = (next: string): void => {
    setText(next);
    setProblems([]);
  };
  const take = (file: File | undefined): void => {
    if (file && file.size > MOST_BYTES) {
      setError("The file is larger than 1 MiB, so it is no pipeline. Choose another one.");
    } else {
      void file?.text().then(edit);
    }
  };
  const apply = async (): Promise<void> => {
    setBusy(true);
    setError("");
    try {
      await showOnCanvas(text);
      openDialog(null);
      window.setTimeout(() => void fitView({ padding: 0.12, maxZoom: 1 }), SETTLED_MS);
    } catch (refusal) {
      const lines = linesOf(refusal);
      setProblems(lines);
      setError(lines.length > 0 ? "The text cannot be read as a pipeline:" : sentenceOf(refusal));
    } finally {
      setBusy(false);
    }
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return (
    <Dialog
      wide
      title="Pipeline as text"
      close={() => { openDialog(null); }}
      actions={<Actions text={text} take={mayEdit ? take : null} />}
    >
      <div className="text-dialog" onDrop={mayEdit ? onDrop : undefined} onDragOver={(event) => { event.preventDefault(); }}>
        <LinedText text={text} problems={problems} change={edit} readOnly={!mayEdit} />
        {error && <Refusal error={error} problems={problems} />}
        {mayEdit && (
          <p className="text-dialog-hint">
            Paste another pipeline here, drop a file, or edit this one.
            <button type="button" className="button button-primary" disabled={isBusy || text === printed} onClick={() => void apply()}>
              Show on the canvas
            </button>
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** Replace the graph by what the text says; rejects where it cannot be read. */
async function showOnCanvas(text: string): Promise<void> {
  const { team, components } = useDocument.getState();
  const { document } = await parseDocument(text, team);
  const given = fromDocument(document);
  const graph = cleaned(given, components);
  replaceGraph("replacing by text", graph);
  toast("The canvas shows the text. Undo brings back what was there.");
  if (graph !== given) {
    toast("Values of secrets were left out: store them as secrets of the team and choose them.", "danger");
  }
}

function Refusal({ error, problems }: { error: string; problems: readonly LineProblem[] }) {
  return (
    <div className="notice notice-danger" role="alert">
      {error}
      {problems.length > 0 && (
        <ul>
          {problems.map(({ line, message }) => (
            <li key={`${String(line)} ${message}`}>{line > 0 ? `Line ${String(line)}: ${message}` : message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The text of the pipeline as it is when the dialog opens. */
function usePrinted() {
  const [text, setText] = useState("");
  const [printed, setPrinted] = useState("");
  const [error, setError] = useState("");
  useEffect(() => {
    let isShown = true;
    printDocument(toDocument(useDocument.getState().graph)).then(
      (yaml) => {
        if (isShown) {
          setText(yaml);
          setPrinted(yaml);
        }
      },
      (refusal: unknown) => {
        if (isShown) {
          setError(sentenceOf(refusal));
        }
      },
    );
    return () => {
      isShown = false;
    };
  }, []);
  return { text, setText, printed, error, setError };
}

function Actions({ text, take }: { text: string; take: ((file: File | undefined) => void) | null }) {
  const input = useRef<HTMLInputElement>(null);
  const slug = useDocument((store) => store.slug);
  const download = (): void => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: `${slug}.yaml` });
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <>
      {take && (
        <>
          <input ref={input} type="file" accept=".yaml,.yml,text/yaml,application/yaml" hidden aria-label="Pipeline file"
            onChange={(event) => { take(event.target.files?.[0]); }} />
          <button type="button" className="button" onClick={() => { input.current?.click(); }}>
            <FileUp size={15} aria-hidden /> Open a file…
          </button>
        </>
      )}
      <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(text).then(() => { toast("Copied."); })}>
        <Copy size={15} aria-hidden /> Copy
      </button>
      <button type="button" className="button" onClick={download}>
        <Download size={15} aria-hidden /> Download
      </button>
    </>
  );
}

function linesOf(refusal: unknown): LineProblem[] {
  if (!(refusal instanceof ApiProblem) || !Array.isArray(refusal.extras["problems"])) {
    return [];
  }
  return refusal.extras["problems"].flatMap((each: unknown) => {
    const { line, message } = each as Partial<LineProblem>;
    return typeof message === "string" ? [{ line: typeof line === "number" ? line : 0, message }] : [];
  });
}
