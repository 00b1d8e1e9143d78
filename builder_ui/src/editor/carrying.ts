/** Carrying a component from the palette to the canvas with mouse, pen or finger. */
import type { PointerEvent as ReactPointerEvent } from "react";
import { carry } from "@/editor/workspace";
import type { Component } from "@/graph/components";

const THRESHOLD_PIXELS = 6;

export type PutDown = (ref: string, at: { x: number; y: number }) => void;

/** Follow the pointer from here; `putDown` is called where it lets go, unless it never went anywhere. */
export function startCarrying(component: Component, start: ReactPointerEvent<HTMLElement>, putDown: PutDown): void {
  if (start.button !== 0) {
    return;
  }
  const { pointerId, clientX, clientY, currentTarget: origin } = start;
  let moved = false;
  const follow = (event: PointerEvent): void => {
    if (event.pointerId !== pointerId) {
      return;
    }
    moved ||= Math.hypot(event.clientX - clientX, event.clientY - clientY) > THRESHOLD_PIXELS;
    if (moved) {
      carry({ ref: component.ref, x: event.clientX, y: event.clientY });
    }
  };
  const stop = (): void => {
    carry(null);
    ending.abort();
  };
  const letGo = (event: PointerEvent): void => {
    if (event.pointerId !== pointerId) {
      return;
    }
    stop();
    if (moved) {
      // The click that follows belongs to this gesture, and adds nothing more.
      origin.addEventListener("click", swallow, { capture: true, once: true });
      window.setTimeout(() => {
        origin.removeEventListener("click", swallow, { capture: true });
      });
      putDown(component.ref, { x: event.clientX, y: event.clientY });
    }
  };
  const ending = new AbortController();
  const { signal } = ending;
  window.addEventListener("pointermove", follow, { signal });
  window.addEventListener("pointerup", letGo, { signal });
  window.addEventListener("pointercancel", stop, { signal });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      stop();
    }
  }, { signal });
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
