/** Connecting without a pointer: every wire that the node could have now, and the components that could be added for it. */
import { type ReactNode, useState } from "react";
import { say } from "@/editor/connecting";
import { compareVersions, offered } from "@/editor/component_search";
import { Dialog } from "@/editor/dialogs/Dialog";
import { PortMark } from "@/editor/PortMark";
import { pickFor } from "@/editor/placing";
import { startConnecting } from "@/editor/workspace";
import { componentOf, type MediaType } from "@/graph/components";
import { compatibleComponents, compatibleTargets, type End, wireBetween } from "@/graph/connection";
import { type Graph, wireId } from "@/graph/document";
import { COLUMN, positionsOf } from "@/graph/placing";
import { useDocument } from "@/stores/document";
import { focusNode } from "@/stores/selection";
import { connect } from "@/stores/verbs";

type Choice = { key: string; text: string; media: MediaType; take: () => void };

export default function ConnectDialog({ node }: { node: string }) {
  const [query, setQuery] = useState("");
  const graph = useDocument((store) => store.graph);
  const components = useDocument((store) => store.components);
  const ends = endsOf(node).map((each) => ({ ...each, choices: choicesFor(each.end, each.media) }));
  const words = query.toLowerCase();
  const close = (): void => {
    startConnecting(null);
  };
  const known = componentOf(graph.nodes[node]?.component ?? "", components) !== undefined;
  return (
    <Dialog title={`Connect ${node}`} close={close}>
      <input
        className="input"
        type="search"
        data-first-focus
        aria-label="Filter"
        placeholder="Filter"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
        }}
      />
      {!known && <p className="notice notice-warning">Its component is not installed, so nothing can be connected.</p>}
      {ends.map(({ end, media, choices }) => (
        <section key={`${end.side} ${end.port}`} className="connect-group">
          <h3>
            <PortMark type={media} /> {end.side === "output" ? `Output ${end.port} feeds …` : `Input ${end.port} is fed by …`}
          </h3>
          <Choices choices={choices.filter(({ text }) => text.toLowerCase().includes(words))} none={noneOf(end, graph)} close={close} />
        </section>
      ))}
    </Dialog>
  );
}

type ChoicesProps = { choices: readonly Choice[]; none: string; close: () => void };

function Choices({ choices, none, close }: ChoicesProps): ReactNode {
  if (choices.length === 0) {
    return <p className="inspector-empty">{none}</p>;
  }
  return (
    <ul className="connect-choices">
      {choices.map(({ key, text, take }) => (
        <li key={key}>
          <button
            type="button"
            className="button button-quiet"
            onClick={() => {
              close();
              take();
            }}
          >
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Why a port has nothing to choose from. */
function noneOf(end: End, graph: Graph): string {
  const wire = end.side === "input" && graph.wires.find((each) => each.target === end.node && each.targetPort === end.port);
  return wire
    ? `It has its wire, from ${wire.source}.${wire.sourcePort}. Disconnect that first, in the outline or on the canvas.`
    : "Nothing that is free fits.";
}

function endsOf(node: string): { end: End; media: MediaType }[] {
  const { graph, components } = useDocument.getState();
  const component = componentOf(graph.nodes[node]?.component ?? "", components);
  const outputs = Object.entries(component?.outputs ?? {}).map(([port, { type }]) => ({ end: { node, port, side: "output" as const }, media: type }));
  const inputs = Object.entries(component?.inputs ?? {}).map(([port, { type }]) => ({ end: { node, port, side: "input" as const }, media: type }));
  return [...outputs, ...inputs];
}

function choicesFor(from: End, media: MediaType): Choice[] {
  const { graph, components } = useDocument.getState();
  const there = compatibleTargets(graph, components, from).map((to) => {
    const wire = wireBetween(from, to);
    return { key: wireId(wire), media, text: `${to.node}.${to.port}`, take: () => { say(connect(wire), wire); } };
  });
  const newest = new Map(offered(components).map((component) => [component.ref, component]));
  const at = positionsOf(graph)[from.node] ?? { x: 0, y: 0 };
  const position = { x: at.x + (from.side === "output" ? COLUMN : -COLUMN), y: at.y };
  const added = compatibleComponents(graph, components, from)
    .flatMap(({ ref }) => newest.get(ref) ?? [])
    .sort((one, other) => one.title.localeCompare(other.title) || compareVersions(one.version, other.version))
    .map(({ ref, title }) => ({
      key: ref,
      media,
      text: `New ${title}`,
      take: () => {
        const added = pickFor({ from, position, screen: position }, ref);
        if (added !== null) {
          focusNode(added);
        }
      },
    }));
  const isOccupied = from.side === "input" && there.length === 0 && graph.wires.some((wire) => wire.target === from.node && wire.targetPort === from.port);
  return isOccupied ? [] : [...there, ...added];
}
