/** The bar above the canvas: where this is, whether it is saved, undo, problems, run. */
import { ChevronRight, CircleCheck, Redo2, TriangleAlert, Undo2 } from "lucide-react";
import type { Boot } from "@/api/boot";
import type { Commands } from "@/editor/commands";
import { useMayEdit } from "@/editor/editing";
import { EditorMenu } from "@/editor/EditorMenu";
import { PipelineName } from "@/editor/PipelineName";
import { SaveState } from "@/editor/SaveState";
import { toggleDrawer, useWorkspace } from "@/editor/workspace";
import { RunBar } from "@/live/RunBar";
import { redo, undo, useDocument } from "@/stores/document";

export function TopBar({ boot, commands }: { boot: Boot; commands: Commands }) {
  const mayEdit = useMayEdit();
  return (
    <header className="topbar">
      <nav className="topbar-place" aria-label="Breadcrumb">
        <a href={boot.pipelines}>{boot.team}</a>
        <ChevronRight size={14} aria-hidden />
      </nav>
      <PipelineName />
      <SaveState />
      <div className="topbar-gap" />
      {mayEdit && <UndoRedo />}
      <ProblemCount />
      <RunBar />
      <EditorMenu commands={commands} />
    </header>
  );
}

function UndoRedo() {
  const canUndo = useDocument((store) => store.canUndo);
  const canRedo = useDocument((store) => store.canRedo);
  const undoLabel = useDocument((store) => store.undoLabel);
  const redoLabel = useDocument((store) => store.redoLabel);
  return (
    <div className="topbar-history">
      <button type="button" className="icon-button" aria-label="Undo" title={canUndo ? `Undo the ${undoLabel} (Ctrl+Z)` : "Nothing to undo"} disabled={!canUndo} onClick={undo}>
        <Undo2 size={18} aria-hidden />
      </button>
      <button type="button" className="icon-button" aria-label="Redo" title={canRedo ? `Redo the ${redoLabel} (Ctrl+Shift+Z)` : "Nothing to redo"} disabled={!canRedo} onClick={redo}>
        <Redo2 size={18} aria-hidden />
      </button>
    </div>
  );
}

function ProblemCount() {
  const count = useDocument((store) => store.problems.length);
  const isOpen = useWorkspace((workspace) => workspace.drawer === "problems");
  return (
    <button
      type="button"
      className="problem-count"
      data-any={count > 0}
      aria-expanded={isOpen}
      title="What keeps the pipeline from running"
      onClick={() => {
        toggleDrawer("problems");
      }}
    >
      {count === 0 ? <CircleCheck size={16} aria-hidden /> : <TriangleAlert size={16} aria-hidden />}
      {count}
      <span className="visually-hidden">{count === 1 ? "problem" : "problems"}</span>
    </button>
  );
}
