/** One node: its form, its log and its files. */
import { Pencil, Plug, Trash2 } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { ComponentIcon } from "@/editor/ComponentIcon";
import { ComponentStanding } from "@/editor/ComponentStanding";
import { useMayEdit } from "@/editor/editing";
import { NodeForm } from "@/editor/NodeForm";
import { startConnecting, startRenaming } from "@/editor/workspace";
import { componentOf, type Component, own } from "@/graph/components";
import { NodeStatus } from "@/live/NodeStatus";
import { FilesPanel } from "@/preview/FilesPanel";
import { LogPanel } from "@/preview/LogPanel";
import { useDocument } from "@/stores/document";
import { removeNodes } from "@/stores/verbs";

type Tab = { id: string; title: string; content: ReactNode };

export function NodeInspector({ node }: { node: string }) {
  const ref = useDocument((store) => own(store.graph.nodes, node)?.component ?? "");
  const component = useDocument((store) => componentOf(ref, store.components));
  const tabs: Tab[] = [
    { id: "parameters", title: "Parameters", content: <NodeForm node={node} /> },
    { id: "log", title: "Log", content: <LogPanel node={node} /> },
    ...(component && component.permissions.artifact_mib > 0
      ? [{ id: "files", title: "Files", content: <FilesPanel node={node} /> }]
      : []),
  ];
  return (
    <section className="inspector-section" aria-label={`Node ${node}`}>
      <NodeHead node={node} reference={ref} component={component} />
      <Tabs tabs={tabs} />
    </section>
  );
}

function NodeHead({ node, reference, component }: { node: string; reference: string; component: Component | undefined }) {
  const mayEdit = useMayEdit();
  return (
    <header className="inspector-head">
      <div className="inspector-title">
        {component && <ComponentIcon component={component} size={24} />}
        <div>
          <h2>{node}</h2>
          <p>
            {component?.title ?? "Missing component"} <code>{reference}</code>
          </p>
        </div>
      </div>
      {component && <p className="inspector-about">{component.description}</p>}
      <ComponentStanding node={node} />
      <NodeStatus node={node} />
      {mayEdit && (
        <div className="inspector-actions">
          <button type="button" className="button button-quiet" onClick={() => { startRenaming(node); }}>
            <Pencil size={15} aria-hidden /> Rename
          </button>
          <button type="button" className="button button-quiet" onClick={() => { startConnecting(node); }}>
            <Plug size={15} aria-hidden /> Connect
          </button>
          <button type="button" className="button button-quiet" onClick={() => { removeNodes([node]); }}>
            <Trash2 size={15} aria-hidden /> Delete
          </button>
        </div>
      )}
    </header>
  );
}

function Tabs({ tabs }: { tabs: readonly Tab[] }) {
  const id = useId();
  const [chosen, setChosen] = useState("parameters");
  const current = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const index = tabs.findIndex((tab) => tab.id === current?.id);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (step !== 0 && next) {
      event.preventDefault();
      setChosen(next.id);
      document.getElementById(`${id}-${next.id}`)?.focus();
    }
  };
  return (
    <>
      <div className="node-tabs" role="tablist" aria-label="Of this node" onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button key={tab.id} id={`${id}-${tab.id}`} type="button" role="tab" aria-selected={tab === current} aria-controls={`${id}-panel`}
            tabIndex={tab === current ? 0 : -1} onClick={() => { setChosen(tab.id); }}>
            {tab.title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} className="tab-panel" role="tabpanel" aria-labelledby={`${id}-${current?.id ?? ""}`} tabIndex={-1}>
        {current?.content}
      </div>
    </>
  );
}
