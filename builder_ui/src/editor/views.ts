/** What of the canvas is in sight. PURE. */
import type { Viewport } from "@xyflow/react";
import type { Box } from "@/editor/label_places";

type Size = { width: number; height: number };

/** So much of the canvas around a node is to be in sight as well, in pixels of the screen. */
const MARGIN = 16;
/** Below this zoom a node is seen, and not read. */
export const LEGIBLE_ZOOM = 0.6;

/** Whether a node can be read where the canvas stands. */
export function isInSight(node: Box, { x, y, zoom }: Viewport, canvas: Size): boolean {
  const [left, top] = [node.x * zoom + x, node.y * zoom + y];
  const [right, bottom] = [left + node.width * zoom, top + node.height * zoom];
  const isInside = left >= MARGIN && top >= MARGIN && right <= canvas.width - MARGIN && bottom <= canvas.height - MARGIN;
  return isInside && zoom >= LEGIBLE_ZOOM;
}
