/** Whether everything drawn is kept: one word, and the reason with what to do where it is not. */
import { Check, CloudOff, LoaderCircle, PencilLine, TriangleAlert } from "lucide-react";
import { openDialog } from "@/editor/workspace";
import { useDocument } from "@/stores/document";
import { save, type SavingState, useSaving } from "@/stores/saving";

const WORDS: Readonly<Record<SavingState, string>> = {
  saved: "Saved",
  dirty: "Edited",
  saving: "Saving",
  conflict: "Conflict",
  offline: "Not saved",
  refused: "Not saved",
};

export function SaveState() {
  const state = useSaving((store) => store.state);
  const error = useSaving((store) => store.error);
  const savedBy = useDocument((store) => store.savedBy);
  const revision = useDocument((store) => store.revision);
  const mayEdit = useDocument((store) => store.may.edit);
  if (!mayEdit) {
    return <span className="save-state" title="Your role in this team may look at pipelines, not change them">View only</span>;
  }
  const hint = error ?? `Revision ${String(revision)}, by ${savedBy || "you"}. Everything is saved by itself; Ctrl+S saves now.`;
  return (
    <>
      <button
        type="button"
        className="save-state"
        data-state={state}
        title={hint}
        onClick={() => {
          if (state === "conflict") {
            openDialog("conflict");
          } else {
            void save();
          }
        }}
      >
        <StateIcon state={state} />
        <span>{WORDS[state]}</span>
      </button>
      <span className="visually-hidden" role="status">
        {state === "saving" || state === "dirty" ? "" : `${WORDS[state]}. ${error ?? ""}`}
      </span>
    </>
  );
}

function StateIcon({ state }: { state: SavingState }) {
  switch (state) {
    case "saved":
      return <Check size={15} aria-hidden />;
    case "dirty":
      return <PencilLine size={15} aria-hidden />;
    case "saving":
      return <LoaderCircle size={15} className="spinner" aria-hidden />;
    case "offline":
      return <CloudOff size={15} aria-hidden />;
    case "conflict":
    case "refused":
      return <TriangleAlert size={15} aria-hidden />;
  }
}
