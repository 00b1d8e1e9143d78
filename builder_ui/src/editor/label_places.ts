/** Where the numbers of a wire stand: beside its nodes and their ports, never under or over them. PURE. */
import type { Position } from "@/graph/document";

export type Box = Position & { width: number; height: number };
/** The two ports, and the middle of the line between them. */
export type Ends = { source: Position; target: Position; middle: Position };
/** How many wires before this one end at the same input, and how many join the same two nodes. */
export type Turns = { atInput: number; between: number };

/** Two short lines; the longest numbers are wider, and rare. */
export const LABEL = { width: 80, height: 28 };
/** Half of a port's mark. */
const PORT = 6;
const MARGIN = 4;

/** Whether a label fits between the two nodes. */
export function hasRoom({ source, target }: Ends): boolean {
  return target.x - source.x >= LABEL.width + PORT;
}

/** Right before the input, where wires lie apart: an output may have many of them, most inputs have one. */
export function placeBeforeInput({ source, target }: Ends, { atInput }: Turns): Position {
  const gap = target.x - source.x;
  const slots = Math.max(1, Math.floor((gap - PORT) / LABEL.width));
  const nearest = Math.min(PORT + LABEL.width / 2, gap / 2);
  return { x: target.x - nearest - LABEL.width * Math.min(atInput, slots - 1), y: target.y };
}

/** On the line where that is clear of both nodes, else above them: a short wire has no room for words. */
export function placeBeside({ middle }: Ends, { between }: Turns, nodes: readonly Box[]): Position {
  if (!nodes.some((node) => touches(middle, node))) {
    return middle;
  }
  const top = Math.min(...nodes.map(({ y }) => y));
  return { x: middle.x, y: top - MARGIN - LABEL.height * (between + 0.5) };
}

function touches({ x, y }: Position, node: Box): boolean {
  const [wide, high] = [LABEL.width / 2, LABEL.height / 2];
  return x + wide > node.x && x - wide < node.x + node.width && y + high > node.y && y - high < node.y + node.height;
}
