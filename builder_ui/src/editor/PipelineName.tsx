/** The pipeline's name in the top bar, changed where it stands. */
import { useState } from "react";
import { useMayEdit } from "@/editor/editing";
import { useDocument } from "@/stores/document";
import { describePipeline } from "@/stores/verbs";

const MOST_CHARACTERS = 80;

export function PipelineName() {
  const name = useDocument((store) => store.graph.name);
  const mayEdit = useMayEdit();
  const [draft, setDraft] = useState<string | null>(null);
  if (!mayEdit) {
    return <h1 className="topbar-name">{name}</h1>;
  }
  const finish = (): void => {
    const wanted = draft?.trim() ?? "";
    if (wanted !== "" && wanted !== name) {
      describePipeline({ name: wanted });
    }
    setDraft(null);
  };
  return (
    <h1 className="topbar-name">
      <input
        aria-label="Name of the pipeline"
        value={draft ?? name}
        maxLength={MOST_CHARACTERS}
        size={Math.min(36, Math.max(6, (draft ?? name).length))}
        spellCheck={false}
        autoComplete="off"
        onFocus={() => {
          setDraft(name);
        }}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.currentTarget.blur();
          } else if (event.key === "Escape") {
            event.stopPropagation();
            setDraft(null);
          }
        }}
      />
    </h1>
  );
}
