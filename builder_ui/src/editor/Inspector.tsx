/** The right column: what is selected, what can be set of it, what it writes, and the media of the pipeline's endpoints. */
import { PanelRightClose, PanelRightOpen } from "lucide-react";
import { useNarrow } from "@/editor/editing";
import { MediaPanels } from "@/editor/MediaPanels";
import { NodeInspector } from "@/editor/NodeInspector";
import { PipelineInspector, SeveralInspector, WireInspector } from "@/editor/OtherInspectors";
import { wireOf } from "@/editor/placing";
import { useWorkspace } from "@/editor/workspace";
import { useSelection } from "@/stores/selection";

export function Inspector() {
  const isOpen = useWorkspace((workspace) => workspace.inspectorOpen);
  const narrow = useNarrow();
  const shown = isOpen || narrow;
  return (
    <aside className={shown ? "inspector" : "inspector inspector-closed"} aria-label="Inspector">
      {!narrow && (
        <button
          type="button"
          className="icon-button inspector-toggle"
          aria-label={isOpen ? "Hide the inspector" : "Show the inspector"}
          aria-expanded={isOpen}
          onClick={() => {
            useWorkspace.setState({ inspectorOpen: !isOpen });
          }}
        >
          {isOpen ? <PanelRightClose size={18} aria-hidden /> : <PanelRightOpen size={18} aria-hidden />}
        </button>
      )}
      <div className="inspector-body" hidden={!shown}>
        <MediaPanels />
        <Selected />
      </div>
    </aside>
  );
}

function Selected() {
  const nodes = useSelection((selection) => selection.nodes);
  const wires = useSelection((selection) => selection.wires);
  const [node, second] = nodes;
  const [wireId] = wires;
  const wire = wireOf(wireId ?? null);
  if (node !== undefined && second === undefined) {
    return <NodeInspector key={node} node={node} />;
  }
  if (nodes.size > 1) {
    return <SeveralInspector count={nodes.size} />;
  }
  return wire ? <WireInspector wire={wire} /> : <PipelineInspector />;
}
