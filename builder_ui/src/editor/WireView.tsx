/** One wire: the colour of what it carries, how much flows, and a place to insert a node. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, type InternalNode, useInternalNode } from "@xyflow/react";
import { Plus } from "lucide-react";
import { type CSSProperties, memo, type ReactNode } from "react";
import type { CanvasEdge } from "@/editor/canvas_arrays";
import { useMayEdit } from "@/editor/editing";
import { type Box, type Ends, hasRoom, placeBeforeInput, placeBeside, type Turns } from "@/editor/label_places";
import { openPicker } from "@/editor/workspace";
import type { Position, Wire } from "@/graph/document";
import { WireStatus } from "@/live/WireStatus";

const ALONE: Turns = { atInput: 0, between: 0 };

export const WireView = memo(function WireView(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected } = props;
  const [path, x, y] = getBezierPath(props);
  const mayEdit = useMayEdit();
  const media = data?.media ?? "unknown";
  return (
    <>
      <BaseEdge id={id} path={path} className="wire" data-media={media} interactionWidth={24} />
      <EdgeLabelRenderer>
        <StatusLabel {...props} middle={{ x, y }}>
          <WireStatus wireId={id} carried={media} />
        </StatusLabel>
        {mayEdit && data && (
          <div className="wire-middle nodrag nopan" data-wire-label={id} data-selected={selected ?? false} style={at({ x, y })}>
            <InsertButton wire={data.wire} selected={selected ?? false} x={x} y={y} />
          </div>
        )}
      </EdgeLabelRenderer>
    </>
  );
});

type LabelProps = EdgeProps<CanvasEdge> & { middle: Position; children: ReactNode };

function StatusLabel({ middle, children, ...edge }: LabelProps) {
  const ends = { source: { x: edge.sourceX, y: edge.sourceY }, target: { x: edge.targetX, y: edge.targetY }, middle };
  const turns = edge.data?.turns ?? ALONE;
  if (!hasRoom(ends)) {
    return <NarrowLabel id={edge.id} source={edge.source} target={edge.target} ends={ends} turns={turns}>{children}</NarrowLabel>;
  }
  return <Label id={edge.id} place={placeBeforeInput(ends, turns)}>{children}</Label>;
}

type NarrowProps = { id: string; source: string; target: string; ends: Ends; turns: Turns; children: ReactNode };

/** Follows both nodes, which only those with too little room between have to be asked for. */
function NarrowLabel({ id, source, target, ends, turns, children }: NarrowProps) {
  const nodes = [useInternalNode(source), useInternalNode(target)].flatMap((node) => (node ? [boxOf(node)] : []));
  return <Label id={id} place={placeBeside(ends, turns, nodes)}>{children}</Label>;
}

function boxOf({ internals, measured }: InternalNode): Box {
  return { ...internals.positionAbsolute, width: measured.width ?? 0, height: measured.height ?? 0 };
}

function Label({ id, place, children }: { id: string; place: Position; children: ReactNode }) {
  return (
    <div className="wire-label nodrag nopan" data-wire-label={id} style={at(place)}>
      {children}
    </div>
  );
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
