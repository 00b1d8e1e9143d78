/** What is live of the open pipeline, keyed by id, outside of the graph: a changed number re-renders one label. */

import { create } from "zustand";
import type { Connection, LiveArtifact, LiveNode, LivePipeline, LiveRun, LiveState, LiveWire } from "@/live/state";
import { forgetMovements, noteMovement, type Stalled } from "@/live/stalls";

export type LiveStore = {
  connection: Connection;
  /** Why it is lost or closed, a sentence for people. */
  closeReason?: string | undefined;
  /** The page that helps, when there is one (sign in again). */
  closeLink?: { href: string; text: string } | undefined;
  /** When the next attempt is made, in ms of Date.now(). */
  retryAt?: number | undefined;
  pipeline?: LivePipeline | undefined;
  run?: LiveRun | undefined;
  nodes: Readonly<Record<string, LiveNode>>;
  wires: Readonly<Record<string, LiveWire>>;
  artifacts: Readonly<Record<string, LiveArtifact>>;
  /** Wires that should carry frames and have not for two seconds: for how many. */
  stalled: Stalled;
};

const NOTHING: LiveStore = { connection: "connecting", nodes: {}, wires: {}, artifacts: {}, stalled: {} };

export const useLive = create<LiveStore>()(() => NOTHING);

/** Forget everything, as before the first connection. */
export function resetLive(): void {
  forgetMovements();
  useLive.setState(NOTHING, true);
}

/** Show this state; entries that are identical to what is shown cost nothing. */
export function showState(state: LiveState, now: number): void {
  useLive.setState((before) => {
    const { nodes, wires, artifacts, pipeline, run } = state;
    return { nodes, wires, artifacts, pipeline, run, stalled: noteMovement(before.stalled, state, now) };
  });
}

export type ConnectionView = Pick<LiveStore, "connection" | "closeReason" | "closeLink" | "retryAt">;

/** Show how the connection is. */
export function showConnection(view: ConnectionView): void {
  useLive.setState({ closeReason: undefined, closeLink: undefined, retryAt: undefined, ...view });
}

function own<T>(entries: Readonly<Record<string, T>>, id: string): T | undefined {
  // A node may be called "constructor".
  return Object.hasOwn(entries, id) ? entries[id] : undefined;
}

export const liveNode = (store: LiveStore, name: string): LiveNode | undefined => own(store.nodes, name);
export const liveWire = (store: LiveStore, id: string): LiveWire | undefined => own(store.wires, id);

/** One node; re-renders when that node changes. */
export function useNodeLive(name: string): LiveNode | undefined {
  return useLive((store) => liveNode(store, name));
}

/** One wire, by "a.video->b.video"; re-renders when that wire changes. */
export function useWireLive(id: string): LiveWire | undefined {
  return useLive((store) => liveWire(store, id));
}

/** The newest run, also after its end. */
export function useRun(): LiveRun | undefined {
  return useLive((store) => store.run);
}

/** Files that the newest run has written, by id. */
export function useArtifacts(): Readonly<Record<string, LiveArtifact>> {
  return useLive((store) => store.artifacts);
}

export function useConnection(): Connection {
  return useLive((store) => store.connection);
}
