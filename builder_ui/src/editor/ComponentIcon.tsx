/** A component's own icon in the colour of the text around it. */
import type { Component } from "@/graph/components";

export function ComponentIcon({ component, size = 20 }: { component: Component; size?: number }) {
  const mask = `url("${component.icon}") center / contain no-repeat`;
  return (
    <span
      className="component-icon"
      aria-hidden
      data-kind={component.kind}
      style={{ width: size, height: size, mask, WebkitMask: mask }}
    />
  );
}
