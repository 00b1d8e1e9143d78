/** Beside the pointer while a wire is drawn: what letting go here would do, or why it cannot. */
import { useConnection } from "@xyflow/react";
import { useEffect, useState } from "react";
import { nodeAt } from "@/editor/canvas_places";
import { dropOn, type Drop, type Pulled } from "@/editor/connection_gesture";
import { announce } from "@/editor/notices";
import { useWorkspace } from "@/editor/workspace";
import type { End } from "@/graph/connection";
import { useDocument } from "@/stores/document";

export function ConnectionHint() {
  const pulled = useWorkspace((workspace) => workspace.pulled);
  return pulled && <Hint pulled={pulled} />;
}

function Hint({ pulled }: { pulled: Pulled }) {
  const port = useConnection((connection) => {
    const handle = connection.inProgress ? connection.toHandle : null;
    return handle ? `${handle.type === "target" ? "input" : "output"} ${handle.nodeId} ${handle.id ?? ""}` : "";
  });
  const [at, setAt] = useState<{ x: number; y: number; node: string | null } | null>(null);
  useEffect(() => {
    const follow = (event: PointerEvent | TouchEvent): void => {
      const point = "touches" in event ? event.touches[0] : event;
      if (point) {
        const { clientX: x, clientY: y } = point;
        setAt({ x, y, node: nodeAt({ x, y }) });
      }
    };
    window.addEventListener("pointermove", follow);
    window.addEventListener("touchmove", follow);
    return () => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("touchmove", follow);
    };
  }, []);
  const { graph, components } = useDocument.getState();
  const end = readEnd(port);
  const node = at?.node ?? null;
  const under = end ? { port: end } : node !== null && node !== pulled.from.node ? { node } : {};
  const drop = dropOn(under, pulled, graph, components);
  const text = textOf(drop, pulled);
  useEffect(() => {
    if (drop.is === "refuse") {
      announce(text);
    }
  }, [drop.is, text]);
  if (at === null || (end?.node === pulled.from.node && end.port === pulled.from.port)) {
    return null;
  }
  return (
    <div className="connection-hint" data-is={drop.is} style={{ left: at.x, top: at.y }}>
      {text}
    </div>
  );
}

function readEnd(port: string): End | null {
  const [side, node, name] = port.split(" ");
  return (side === "input" || side === "output") && node !== undefined && name !== undefined ? { side, node, port: name } : null;
}

function textOf(drop: Drop, pulled: Pulled): string {
  switch (drop.is) {
    case "connect":
      return `Connects to ${drop.to.node}.${drop.to.port}`;
    case "refuse":
      return drop.reason;
    case "search":
      return pulled.moving ? "Let go to remove the wire" : "Let go to add what fits";
  }
}
