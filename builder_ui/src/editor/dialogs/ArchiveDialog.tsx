/** Asks once before a pipeline goes out of the list. */
import { useState } from "react";
import { archivePipeline } from "@/api/client";
import { sentenceOf } from "@/api/problem";
import { Dialog } from "@/editor/dialogs/Dialog";
import { openDialog } from "@/editor/workspace";
import { isOver } from "@/live/state";
import { useDocument } from "@/stores/document";
import { useRun } from "@/stores/live";

export default function ArchiveDialog({ pipelines }: { pipelines: string }) {
  const name = useDocument((store) => store.graph.name);
  const team = useDocument((store) => store.team);
  const slug = useDocument((store) => store.slug);
  const run = useRun();
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const runs = !isOver(run);
  const close = (): void => {
    openDialog(null);
  };
  const archive = async (): Promise<void> => {
    setBusy(true);
    try {
      await archivePipeline({ team, slug });
      window.location.assign(pipelines);
    } catch (refusal) {
      setBusy(false);
      setError(sentenceOf(refusal));
    }
  };
  return (
    <Dialog
      title={`Archive ${name}?`}
      close={close}
      actions={
        <>
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="button" className="button button-danger" disabled={isBusy || runs} onClick={() => void archive()}>
            Archive
          </button>
        </>
      }
    >
      <p>It goes out of the team&apos;s list, its addresses stop working, and its name is free again. Its runs and their usage are kept.</p>
      {runs && <p className="notice notice-warning">A run is not over yet. Stop it first.</p>}
      {error && <p className="notice notice-danger" role="alert">{error}</p>}
    </Dialog>
  );
}
