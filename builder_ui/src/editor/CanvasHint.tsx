/** One line for somebody who draws a first pipeline: how to connect, and then how to run. */
import { useMayEdit } from "@/editor/editing";
import { useWorkspace } from "@/editor/workspace";
import { useDocument } from "@/stores/document";
import { useRun } from "@/stores/live";

export function CanvasHint() {
  const nodes = useDocument((store) => Object.keys(store.graph.nodes).length);
  const wires = useDocument((store) => store.graph.wires.length);
  const isWhole = useDocument((store) => store.problems.length === 0);
  const mayRun = useDocument((store) => store.may.run);
  const isDrawing = useWorkspace((workspace) => workspace.pulled !== null);
  const run = useRun();
  const mayEdit = useMayEdit();
  if (!mayEdit || isDrawing || nodes === 0 || run) {
    return null;
  }
  if (wires === 0) {
    return (
      <p className="canvas-hint" role="note">
        Drag from a port to {nodes === 1 ? "the empty canvas: what fits there is offered" : "another node to connect them"}. On
        the keyboard: select a node and press <kbd className="kbd">C</kbd>.
      </p>
    );
  }
  if (!isWhole || !mayRun) {
    return null;
  }
  return (
    <p className="canvas-hint" role="note">
      This can run: press Run, or <kbd className="kbd">Ctrl</kbd> <kbd className="kbd">Enter</kbd>. States, rates and
      pictures then show here.
    </p>
  );
}
