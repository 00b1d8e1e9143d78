/** The open pipeline: its graph as people draw it, what is wrong with it, and what can be undone. */

import { produce } from "immer";
import { create } from "zustand";
import type { Endpoint, May, Pipeline, Problem } from "@/api/types";
import type { Components } from "@/graph/components";
import { EMPTY_GRAPH, fromDocument, type Graph } from "@/graph/document";
import { validate } from "@/graph/validate";
import { type Merging, NO_HISTORY, record, seal, stepBack, stepForward, type History } from "@/stores/history";

export type DocumentStore = {
  team: string;
  slug: string;
  may: May;
  /** Whether a pipeline is open; before that the graph is empty. */
  loaded: boolean;
  graph: Graph;
  /** The graph as the server has it at `revision`: what both sides had in common last. */
  common: Graph;
  revision: number;
  /** Empty where nobody knows. */
  savedBy: string;
  savedAt: string | null;
  endpoints: readonly Endpoint[];
  published: number | null;
  components: Components;
  /** The names of the team's secrets; null until they are known. */
  secrets: ReadonlySet<string> | null;
  problems: readonly Problem[];
  canUndo: boolean;
  canRedo: boolean;
  /** What undo and redo would do, such as "move of 3 nodes". */
  undoLabel: string;
  redoLabel: string;
};

const NOTHING: DocumentStore = {
  team: "",
  slug: "",
  may: { edit: false, run: false },
  loaded: false,
  graph: EMPTY_GRAPH,
  common: EMPTY_GRAPH,
  revision: 0,
  savedBy: "",
  savedAt: null,
  endpoints: [],
  published: null,
  components: {},
  secrets: null,
  problems: [],
  canUndo: false,
  canRedo: false,
  undoLabel: "",
  redoLabel: "",
};

export const useDocument = create<DocumentStore>()(() => NOTHING);

let history: History = NO_HISTORY;

/** Open a pipeline as it came from the server; what could be undone before is forgotten. */
export function load(pipeline: Pipeline, components: Components): void {
  const graph = fromDocument(pipeline.document);
  history = NO_HISTORY;
  useDocument.setState({
    ...NOTHING,
    ...ofServer(pipeline),
    loaded: true,
    team: pipeline.team,
    slug: pipeline.slug,
    graph,
    common: graph,
    components,
    problems: validate(graph, components),
  });
}

/**
 * One gesture of a person, and one entry in the history; the label completes "Undo ...".
 *
 * The recipe changes the graph that it is given. Nothing happens where it changes nothing, or the person may not edit.
 */
export function change(label: string, recipe: (draft: Graph) => void, merging: Merging = {}): void {
  const before = useDocument.getState().graph;
  replaceGraph(label, produce(before, (draft) => { recipe(draft); }), merging);
}

/** The same with a graph that is there already. */
export function replaceGraph(label: string, after: Graph, merging: Merging = {}): void {
  const { graph: before, may } = useDocument.getState();
  if (!may.edit || after === before) {
    return;
  }
  history = record(history, { label, before, after, now: Date.now(), ...merging });
  show(after);
}

/** The pointer was let go or the field left: the next change is an entry of its own, whatever its merge key. */
export function endGesture(): void {
  history = seal(history);
}

export function undo(): void {
  take(stepBack(history, useDocument.getState().graph));
}

export function redo(): void {
  take(stepForward(history, useDocument.getState().graph));
}

/** The team has these secrets now: what refers to others is a problem. */
export function knowSecrets(names: ReadonlySet<string>): void {
  const { graph, components } = useDocument.getState();
  useDocument.setState({ secrets: names, problems: validate(graph, components, names) });
}

/** Someone else saved while nothing was changed here: show theirs. Not an entry of the history, which stays usable. */
export function refresh(pipeline: Pipeline): void {
  const graph = fromDocument(pipeline.document);
  useDocument.setState({ ...ofServer(pipeline), common: graph });
  show(graph);
}

/** From here on differences count from what the server has now; the drawn graph stays. */
export function rebase(common: Graph, pipeline: Partial<Pipeline> & { revision: number }): void {
  useDocument.setState({ ...ofServer(pipeline), common });
}

function take(step: ReturnType<typeof stepBack>): void {
  if (step !== null && useDocument.getState().may.edit) {
    history = step.history;
    show(step.graph);
  }
}

function show(graph: Graph): void {
  const { graph: before, components, problems, secrets } = useDocument.getState();
  useDocument.setState({
    graph,
    // Moving a box breaks no rule, and happens with every movement of the pointer.
    problems: differsInLayoutOnly(before, graph) ? problems : validate(graph, components, secrets),
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
    undoLabel: history.done.at(-1)?.label ?? "",
    redoLabel: history.undone.at(-1)?.label ?? "",
  });
}

function differsInLayoutOnly(one: Graph, other: Graph): boolean {
  const { nodes, wires, name, description } = one;
  const same = nodes === other.nodes && wires === other.wires && name === other.name;
  return same && description === other.description;
}

function ofServer(pipeline: Partial<Pipeline> & { revision: number }): Partial<DocumentStore> {
  const { revision, saved_by, saved_at, endpoints, published, may } = pipeline;
  return {
    revision,
    ...(saved_by === undefined ? {} : { savedBy: saved_by }),
    ...(saved_at === undefined ? {} : { savedAt: saved_at }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(published === undefined ? {} : { published }),
    ...(may === undefined ? {} : { may }),
  };
}
