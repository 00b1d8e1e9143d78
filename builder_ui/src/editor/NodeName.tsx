/** A node's name, changed in its place: F2 or a double click, Enter to keep it, Esc to leave it. */
import { useEffect, useRef, useState } from "react";
import { announce } from "@/editor/notices";
import { startRenaming, useWorkspace } from "@/editor/workspace";
import { refuseName } from "@/graph/names";
import { useDocument } from "@/stores/document";
import { renameNode } from "@/stores/verbs";

export function NodeName({ node, mayEdit }: { node: string; mayEdit: boolean }) {
  const isRenaming = useWorkspace((workspace) => workspace.renaming === node);
  if (isRenaming && mayEdit) {
    return <NameInput node={node} />;
  }
  return (
    <span
      className="node-name"
      title={node}
      onDoubleClick={(event) => {
        if (mayEdit) {
          event.stopPropagation();
          startRenaming(node);
        }
      }}
    >
      {node}
    </span>
  );
}

function NameInput({ node }: { node: string }) {
  const [text, setText] = useState(node);
  const input = useRef<HTMLInputElement>(null);
  const refusal = useDocument((store) => refuseName(node, text, store.graph));
  useEffect(() => {
    input.current?.focus({ preventScroll: true });
    input.current?.select();
  }, []);
  const finish = (keep: boolean): void => {
    const canvas = input.current?.closest<HTMLElement>(".react-flow__node");
    startRenaming(null);
    if (keep && text !== node) {
      const refused = renameNode(node, text);
      announce(refused ?? `Renamed to ${text}`);
    }
    canvas?.focus({ preventScroll: true });
  };
  return (
    <span className="node-rename">
      <input
        ref={input}
        className="input nodrag nopan"
        aria-label={`New name of ${node}`}
        aria-invalid={refusal !== null}
        aria-describedby={refusal === null ? undefined : `refused-${node}`}
        value={text}
        maxLength={40}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value.toLowerCase().replaceAll(" ", "_"));
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape" || (event.key === "Enter" && refusal === null)) {
            event.preventDefault();
            finish(event.key === "Enter");
          }
        }}
        onBlur={() => {
          finish(refusal === null);
        }}
      />
      {refusal !== null && (
        <span id={`refused-${node}`} className="node-rename-refusal" role="alert">
          {refusal}
        </span>
      )}
    </span>
  );
}
