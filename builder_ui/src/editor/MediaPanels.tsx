/** The endpoints of the pipeline, to publish to and to watch; they stay while other nodes are selected. */
import { ChevronRight, Eye, Radio } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { componentOf, own } from "@/graph/components";
import { useRunWanted } from "@/preview/endpoints";
import { useDocument } from "@/stores/document";
import { useSelection } from "@/stores/selection";

const PublishPanel = lazy(async () => ({ default: (await import("@/preview/PublishPanel")).PublishPanel }));
const PlayerPanel = lazy(async () => ({ default: (await import("@/preview/PlayerPanel")).PlayerPanel }));

const MOST_PANELS = 12;

type Kind = "whip" | "whep";

export function MediaPanels() {
  const found = useDocument((store) =>
    Object.entries(store.graph.nodes)
      .flatMap(([name, { component }]) => {
        const kind = componentOf(component, store.components)?.endpoint;
        return kind ? [`${kind} ${name}`] : [];
      })
      .sort()
      .slice(0, MOST_PANELS)
      .join("\n"),
  );
  if (found === "") {
    return null;
  }
  // Watching stands above publishing, as its word comes first.
  return (
    <div className="media-panels">
      {found.split("\n").map((line, index) => {
        const [kind = "", node = ""] = line.split(" ");
        return <MediaPanel key={line} node={node} kind={kind === "whip" ? "whip" : "whep"} isFirst={index === 0} />;
      })}
    </div>
  );
}

function MediaPanel({ node, kind, isFirst }: { node: string; kind: Kind; isFirst: boolean }) {
  const isSelected = useSelection((selection) => selection.nodes.has(node));
  const exists = useDocument((store) => own(store.graph.nodes, node) !== undefined);
  const [choice, setChoice] = useState<boolean | null>(null);
  const runs = useRunWanted();
  const isOpen = choice ?? ((kind === "whep" && isFirst && runs) || isSelected);
  // Once opened it stays: folding it away must not end what is being published.
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (isOpen && !wasOpen) {
    setWasOpen(true);
  }
  if (!exists) {
    return null;
  }
  return (
    <section className="media-panel" data-kind={kind}>
      <h2>
        <button type="button" className="media-panel-head" aria-expanded={isOpen} onClick={() => { setChoice(!isOpen); }}>
          <ChevronRight size={16} className="media-panel-mark" aria-hidden />
          {kind === "whep" ? <Eye size={16} aria-hidden /> : <Radio size={16} aria-hidden />}
          {kind === "whep" ? "Watch" : "Publish"} <span className="media-panel-node">{node}</span>
        </button>
      </h2>
      {(isOpen || wasOpen) && (
        <div className="media-panel-body" hidden={!isOpen}>
          <Suspense fallback={<p className="inspector-empty">Loading …</p>}>
            {kind === "whep" ? <PlayerPanel node={node} /> : <PublishPanel node={node} />}
          </Suspense>
        </div>
      )}
    </section>
  );
}
