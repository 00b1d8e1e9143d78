/** What on the canvas lies below a point of the screen. */

/** The id of the wire below, or null. */
export function wireAt({ x, y }: { x: number; y: number }): string | null {
  return idBelow(x, y, ".react-flow__edge, [data-wire-label]");
}

/** The name of the node below, or null. */
export function nodeAt({ x, y }: { x: number; y: number }): string | null {
  return idBelow(x, y, ".react-flow__node");
}

/** Whether the point is on the canvas, and not on a panel above it. */
export function isOnCanvas({ x, y }: { x: number; y: number }): boolean {
  return document.elementFromPoint(x, y)?.closest(".react-flow") !== null;
}

export function pointOf(event: MouseEvent | TouchEvent): { x: number; y: number } {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
}

function idBelow(x: number, y: number, selector: string): string | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const found = element.closest<HTMLElement | SVGElement>(selector);
    if (found) {
      return found.dataset["id"] ?? found.dataset["wireLabel"] ?? null;
    }
  }
  return null;
}
