/** Keeps what is not saved yet in the tab's own storage, so that a reload or a crash of the page loses nothing. */

import type { PipelineDocument } from "@/api/types";
import { fromDocument, type Graph, toDocument } from "@/graph/document";

/** What was drawn, on top of which graph, and at which revision the server had that. */
export type Unsaved = { graph: Graph; common: Graph; revision: number; at: number };

type Stored = { mark: 1; graph: PipelineDocument; common: PipelineDocument; revision: number; at: number };

/** Keep it; false where the browser has no room or does not allow it. */
export function keepUnsaved(place: { team: string; slug: string }, unsaved: Unsaved): boolean {
  const { graph, common, revision, at } = unsaved;
  const stored: Stored = { mark: 1, graph: toDocument(graph), common: toDocument(common), revision, at };
  try {
    window.sessionStorage.setItem(keyOf(place), JSON.stringify(stored));
    return true;
  } catch {
    return false;
  }
}

/** What was kept, if anything that can be read. */
export function findUnsaved(place: { team: string; slug: string }): Unsaved | null {
  try {
    const stored = JSON.parse(window.sessionStorage.getItem(keyOf(place)) ?? "null") as Stored | null;
    if (stored?.mark !== 1) {
      return null;
    }
    const { graph, common, revision, at } = stored;
    return { graph: fromDocument(graph), common: fromDocument(common), revision, at };
  } catch {
    return null;
  }
}

export function forgetUnsaved(place: { team: string; slug: string }): void {
  try {
    window.sessionStorage.removeItem(keyOf(place));
  } catch {
    // Without storage there is nothing to forget.
  }
}

function keyOf({ team, slug }: { team: string; slug: string }): string {
  return `editor.unsaved.${team}/${slug}`;
}
