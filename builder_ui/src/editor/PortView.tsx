/** One port: a shape and colour for what it carries, its name, and whether the wire being drawn could end here. */
import { Handle, Position } from "@xyflow/react";
import { memo, useMemo } from "react";
import { dropOn } from "@/editor/connection_gesture";
import { useMayEdit } from "@/editor/editing";
import { useWorkspace } from "@/editor/workspace";
import type { MediaType } from "@/graph/components";
import type { End } from "@/graph/connection";
import { useDocument } from "@/stores/document";

export type ShownPort = { name: string; type: MediaType | "unknown"; needed: boolean };
type PortProps = { node: string; port: ShownPort; side: End["side"] };

export const PortView = memo(function PortView({ node, port, side }: PortProps) {
  const fit = useFit(node, port.name, side);
  const mayEdit = useMayEdit();
  const isInput = side === "input";
  // Of a missing component only the names are known that wires have kept.
  const isKnown = port.type !== "unknown";
  const missing = useDocument((store) =>
    isInput && store.problems.some((problem) => problem.node === node && problem.port === port.name && problem.code === "missing_input"),
  );
  return (
    <li className="port" data-media={port.type} data-fit={fit} data-missing={missing || undefined}>
      <Handle
        id={port.name}
        type={isInput ? "target" : "source"}
        position={isInput ? Position.Left : Position.Right}
        className="port-handle"
        data-media={port.type}
        isConnectable={mayEdit}
        aria-label={`${isInput ? "Input" : "Output"} ${port.name}, ${port.type}`}
        role="img"
      />
      <span className="port-name">{port.name}</span>
      {isKnown && port.name !== port.type && <span className="port-type">{port.type}</span>}
      {isKnown && isInput && !port.needed && <span className="port-optional" title="It works without this input">optional</span>}
    </li>
  );
});

/** `yes` and `no` while a wire is being drawn; nothing otherwise, and at the port that it was drawn from. */
function useFit(node: string, port: string, side: End["side"]): "yes" | "no" | undefined {
  const pulled = useWorkspace((workspace) => workspace.pulled);
  return useMemo(() => {
    if (pulled === null || (pulled.from.node === node && pulled.from.port === port && pulled.from.side === side)) {
      return undefined;
    }
    const { graph, components } = useDocument.getState();
    return dropOn({ port: { node, port, side } }, pulled, graph, components).is === "connect" ? "yes" : "no";
  }, [pulled, node, port, side]);
}
