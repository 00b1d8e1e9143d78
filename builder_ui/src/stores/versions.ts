/** The versions of the open pipeline: those that were listed, the one that is looked at, and what went wrong. */

import { create } from "zustand";
import type { Place } from "@/api/client";
import { sentenceOf } from "@/api/problem";
import { getVersion, listVersions, makeVersion, publishVersion } from "@/api/versions";
import type { Version } from "@/api/types";
import { fromDocument, type Graph } from "@/graph/document";
import { replaceGraph } from "@/stores/document";
import { save, useSaving } from "@/stores/saving";

export type VersionStore = {
  versions: readonly Version[];
  /** The cursor of what is not listed yet; null after the last, undefined before the first answer. */
  next: string | null | undefined;
  chosen: number | null;
  /** Of those that were looked at: a version never changes. */
  graphs: ReadonlyMap<number, Graph>;
  /** A sentence; "" where nothing went wrong. */
  error: string;
  isBusy: boolean;
};

const NOTHING: VersionStore = { versions: [], next: undefined, chosen: null, graphs: new Map(), error: "", isBusy: false };
/** Versions that are remembered while the dialog is open. */
const MOST_GRAPHS = 20;

export const useVersions = create<VersionStore>()(() => NOTHING);

/** Begin anew, with the newest. */
export async function openVersions(place: Place): Promise<void> {
  useVersions.setState(NOTHING, true);
  await loadMore(place);
  const [newest] = useVersions.getState().versions;
  if (newest) await choose(place, newest.number);
}

/** List the next ones. */
export async function loadMore(place: Place): Promise<void> {
  await attempt(async () => {
    const { versions, next } = useVersions.getState();
    const page = await listVersions(place, next ?? "");
    useVersions.setState({ versions: refreshed(versions, page.items), next: page.next });
  });
}

/** Look at one; what it holds is asked for once. */
export async function choose(place: Place, number: number): Promise<void> {
  useVersions.setState({ chosen: number, error: "" });
  if (useVersions.getState().graphs.has(number)) return;
  await attempt(async () => {
    const graph = fromDocument((await getVersion(place, number)).document);
    const kept = [...useVersions.getState().graphs].slice(1 - MOST_GRAPHS);
    useVersions.setState({ graphs: new Map([...kept, [number, graph]]) });
  });
}

/** Save what is drawn and make it a version; whether that went well. */
export async function make(place: Place, note: string, key: string): Promise<boolean> {
  return attempt(async () => {
    await save();
    if (useSaving.getState().state !== "saved") throw new Error("Your changes are not saved yet; save them first.");
    const made = await makeVersion(place, note, key);
    const others = useVersions.getState().versions.map((each) => ({ ...each, is_draft: each.is_draft && made.is_draft }));
    useVersions.setState({ versions: refreshed(others, [made]) });
    await choose(place, made.number);
  });
}

/** Let endpoints start this one. */
export async function publish(place: Place, number: number): Promise<boolean> {
  return attempt(async () => {
    const published = await publishVersion(place, number);
    const others = useVersions.getState().versions.map((each) => ({ ...each, published: false }));
    useVersions.setState({ versions: refreshed(others, [published]) });
  });
}

/** Draw it as it was; that is saved as every change is, and one undo away. */
export function restore(number: number): boolean {
  const graph = useVersions.getState().graphs.get(number);
  if (graph) replaceGraph(`going back to version ${String(number)}`, graph);
  return graph !== undefined;
}

async function attempt(verb: () => Promise<void>): Promise<boolean> {
  useVersions.setState({ isBusy: true, error: "" });
  try {
    await verb();
    return true;
  } catch (error) {
    useVersions.setState({ error: sentenceOf(error) });
    return false;
  } finally {
    useVersions.setState({ isBusy: false });
  }
}

/** The known ones with what was heard of some of them, the newest first. */
function refreshed(known: readonly Version[], heard: readonly Version[]): Version[] {
  const all = new Map([...known, ...heard].map((each) => [each.number, each]));
  return [...all.values()].sort((one, other) => other.number - one.number);
}
