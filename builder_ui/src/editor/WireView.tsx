/** One wire: the colour of what it carries, how much flows, and a place to insert a node. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { Plus } from "lucide-react";
import { type CSSProperties, memo } from "react";
import type { CanvasEdge } from "@/editor/canvas_arrays";
import { useMayEdit } from "@/editor/editing";
import { openPicker } from "@/editor/workspace";
import type { Position, Wire } from "@/graph/document";
import { WireStatus } from "@/live/WireStatus";

const NARROW_GAP = 60;
const STATUS_DISTANCE = 46;

export const WireView = memo(function WireView(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected } = props;
  const [path, x, y] = getBezierPath(props);
  const mayEdit = useMayEdit();
  const media = data?.media ?? "unknown";
  return (
    <>
      <BaseEdge id={id} path={path} className="wire" data-media={media} interactionWidth={24} />
      <EdgeLabelRenderer>
        <div className="wire-label nodrag nopan" data-wire-label={id} style={at(placeOfStatus(props, { x, y }))}>
          <WireStatus wireId={id} />
        </div>
        {mayEdit && data && (
          <div className="wire-middle nodrag nopan" data-wire-label={id} data-selected={selected ?? false} style={at({ x, y })}>
            <InsertButton wire={data.wire} selected={selected ?? false} x={x} y={y} />
          </div>
        )}
      </EdgeLabelRenderer>
    </>
  );
});

/** Right before the input, where wires lie apart: an output may have many of them, an input has one. */
function placeOfStatus({ sourceX, targetX, targetY }: EdgeProps<CanvasEdge>, middle: Position): Position {
  const gap = targetX - sourceX;
  return gap < NARROW_GAP ? middle : { x: targetX - Math.min(gap / 2, STATUS_DISTANCE), y: targetY };
}

function at({ x, y }: Position): CSSProperties {
  return { transform: `translate(-50%, -50%) translate(${String(x)}px, ${String(y)}px)` };
}

function InsertButton({ wire, selected, x, y }: { wire: Wire; selected: boolean; x: number; y: number }) {
  return (
    <button
      type="button"
      className="wire-insert"
      tabIndex={selected ? 0 : -1}
      aria-label={`Insert a component between ${wire.source} and ${wire.target}`}
      title="Insert a component here"
      onClick={(event) => {
        openPicker({ position: { x, y }, screen: { x: event.clientX, y: event.clientY }, onWire: wire });
      }}
    >
      <Plus size={14} aria-hidden />
    </button>
  );
}
