/** A search field over a list of components, worked by typing, arrows and Enter: in the palette and at the pointer. */
import { ArrowRight, Search } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type Ref, useId, useState } from "react";
import { byKind, search } from "@/editor/component_search";
import { ComponentIcon } from "@/editor/ComponentIcon";
import { PortMark } from "@/editor/PortMark";
import type { Component } from "@/graph/components";

export type ComponentListProps = {
  components: readonly Component[];
  label: string;
  /** What to say where the search finds nothing. */
  none: string;
  pick: (component: Component) => void;
  /** Begin to carry one with the pointer. */
  carry?: (component: Component, event: PointerEvent<HTMLElement>) => void;
  input?: Ref<HTMLInputElement>;
};

export function ComponentList({ components, label, none, pick, carry, input }: ComponentListProps) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const found = search(components, query);
  const groups = query === "" ? byKind(found) : [{ title: "", members: found }];
  const ordered = groups.flatMap(({ members }) => members);
  const chosen = ordered[Math.min(active, ordered.length - 1)];
  const optionId = (component: Component): string => `${id}-${component.ref}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = movedTo(event.key, Math.min(active, ordered.length - 1), ordered.length);
    if (next !== null) {
      event.preventDefault();
      setActive(next);
      const option = ordered[next];
      document.getElementById(option ? optionId(option) : "")?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      pick(chosen);
    }
  };
  return (
    <div className="component-list">
      <div className="component-search">
        <Search size={16} aria-hidden />
        <input ref={input} className="input" role="combobox" aria-label={label} aria-expanded aria-controls={`${id}-list`}
          aria-activedescendant={chosen ? optionId(chosen) : undefined} aria-autocomplete="list" placeholder="Search components"
          autoComplete="off" spellCheck={false} value={query} onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }} />
      </div>
      <div className="component-options" id={`${id}-list`} role="listbox" aria-label={label} tabIndex={-1}>
        {groups.map(({ title, members }) => (
          <div key={title} role="group" aria-label={title || "Found"}>
            {title && <div className="component-kind" aria-hidden>{title}</div>}
            {members.map((component) => (
              <ComponentOption key={component.ref} id={optionId(component)} component={component}
                isActive={component === chosen} pick={pick} {...(carry ? { carry } : {})} />
            ))}
          </div>
        ))}
      </div>
      {ordered.length === 0 && <p className="component-none" role="status">{none}</p>}
    </div>
  );
}

type OptionProps = Pick<ComponentListProps, "pick" | "carry"> & { id: string; component: Component; isActive: boolean };

function ComponentOption({ id, component, isActive, pick, carry }: OptionProps) {
  return (
    <div
      id={id}
      className="component-option"
      role="option"
      aria-selected={isActive}
      data-ref={component.ref}
      title={component.description}
      onClick={() => {
        pick(component);
      }}
      onPointerDown={(event) => {
        carry?.(component, event);
      }}
    >
      <ComponentIcon component={component} />
      <span className="component-option-text">
        <span className="component-option-title">
          {component.title}
          {component.status === "deprecated" && <span className="badge" data-tone="warning">deprecated</span>}
        </span>
        <span className="component-option-about">{component.description}</span>
      </span>
      <PortSummary component={component} />
    </div>
  );
}

function PortSummary({ component }: { component: Component }) {
  const [inputs, outputs] = [Object.values(component.inputs), Object.values(component.outputs)];
  return (
    <span className="port-summary" aria-hidden>
      {inputs.map(({ type }, index) => <PortMark key={`in-${String(index)}`} type={type} />)}
      <ArrowRight size={11} />
      {outputs.map(({ type }, index) => <PortMark key={`out-${String(index)}`} type={type} />)}
    </span>
  );
}

function movedTo(key: string, from: number, count: number): number | null {
  if (count === 0) {
    return null;
  }
  switch (key) {
    case "ArrowDown":
      return (from + 1) % count;
    case "ArrowUp":
      return (from - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
