/** What people must know of a node's component: it is gone, there is better, or it was withdrawn. */
import { CircleHelp, TriangleAlert } from "lucide-react";
import { type Component, componentOf, own } from "@/graph/components";
import { useDocument } from "@/stores/document";

/** The words for a component's status; null where it is as it should be. */
export function standingOf(component: Component): { title: string; words: string } | null {
  const { status_note: note } = component;
  switch (component.status) {
    case "deprecated":
      return { title: "Deprecated", words: `${asSentence(note)} It goes on running.`.trim() };
    case "yanked":
      return { title: "Withdrawn", words: `${asSentence(note)} It goes on running here, and cannot be added anew.`.trim() };
    default:
      return null;
  }
}

function asSentence(note: string): string {
  const text = note.trim();
  return text === "" || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** On a node, in one line. */
export function NodeStanding({ component }: { component: Component }) {
  const standing = standingOf(component);
  return (
    standing && (
      <p className="node-standing" data-status={component.status} title={standing.words}>
        <TriangleAlert size={13} aria-hidden /> {standing.title}
        <span className="visually-hidden">: {standing.words}</span>
      </p>
    )
  );
}

/** In the inspector, with what to do. */
export function ComponentStanding({ node }: { node: string }) {
  const ref = useDocument((store) => own(store.graph.nodes, node)?.component ?? "");
  const component = useDocument((store) => componentOf(ref, store.components));
  const team = useDocument((store) => store.team);
  if (!component) {
    return <MissingComponent reference={ref} team={team} />;
  }
  const standing = standingOf(component);
  return (
    standing && (
      <p className={component.status === "yanked" ? "notice notice-danger" : "notice notice-warning"}>
        <strong>{standing.title}.</strong> {standing.words} <a href={marketplaceOf(component.name, team)}>In the marketplace</a>
      </p>
    )
  );
}

function MissingComponent({ reference, team }: { reference: string; team: string }) {
  return (
    <div className="notice notice-danger missing-component">
      <p>
        <CircleHelp size={15} aria-hidden /> <code>{reference}</code> is not installed any more. The node keeps its parameters and
        wires; the pipeline cannot run until it is back.
      </p>
      <p>
        Install it again, or take another from <a href={`/marketplace/?team=${encodeURIComponent(team)}`}>the marketplace</a>.
      </p>
    </div>
  );
}

function marketplaceOf(name: string, team: string): string {
  return `/marketplace/${encodeURIComponent(name)}/?team=${encodeURIComponent(team)}`;
}
