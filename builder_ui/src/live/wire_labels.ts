/** Writes the texts of all wires in one pass, past React: hundreds of numbers that change four times a second. */

import { type Carried, wireLookOf, type WireLook } from "@/live/wire_look";
import { liveWire, useLive, type LiveStore } from "@/stores/live";

type Label = { element: HTMLElement; text: Text; id: string; carried: Carried; shown: WireLook };

/** More labels than this change less often. */
const MANY = 80;
/** Below this zoom no digit can be read. */
const LEGIBLE_SCALE = 0.5;

const labels = new Map<HTMLElement, Label>();
let forget: (() => void) | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** How a wire is shown at this moment. */
export function lookIn(store: LiveStore, id: string, carried: Carried): WireLook {
  return wireLookOf(store.run, liveWire(store, id), Object.hasOwn(store.stalled, id) ? store.stalled[id] : undefined, carried);
}

/** Keep this element's text and `data-fare` as its wire is; returns how to end it. */
export function keepLabel(element: HTMLElement, id: string, carried: Carried): () => void {
  const text = document.createTextNode("");
  element.replaceChildren(text);
  const label: Label = { element, text, id, carried, shown: { fare: "idle", text: "" } };
  labels.set(element, label);
  write(label, lookIn(useLive.getState(), id, carried));
  forget ??= useLive.subscribe(follow);
  return () => {
    labels.delete(element);
    if (labels.size > 0) return;
    forget?.();
    forget = null;
    clearTimeout(timer);
    timer = undefined;
  };
}

function follow(store: LiveStore, before: LiveStore): void {
  const all = store.run !== before.run || store.stalled !== before.stalled;
  if (!all && store.wires === before.wires) return;
  const pause = pauseOf(labels);
  for (const label of labels.values()) {
    if (!all && liveWire(store, label.id) === liveWire(before, label.id)) continue;
    const look = lookIn(store, label.id, label.carried);
    // How it fares is told at once, whatever the pause.
    if (pause === 0 || look.fare !== label.shown.fare) write(label, look);
    else timer ??= setTimeout(catchUp, pause);
  }
}

function catchUp(): void {
  timer = undefined;
  const store = useLive.getState();
  for (const label of labels.values()) write(label, lookIn(store, label.id, label.carried));
}

/** How long numbers may wait, in ms: each pass draws them all anew, and nobody reads a hundred at four a second. */
function pauseOf(all: ReadonlyMap<HTMLElement, Label>): number {
  if (all.size <= MANY) return 0;
  const [first] = all.keys();
  const viewport = first?.closest<HTMLElement>(".react-flow__viewport");
  const scale = Number(/scale\(([\d.]+)\)/.exec(viewport?.style.transform ?? "")?.[1] ?? 1);
  return scale < LEGIBLE_SCALE ? 1000 : 500;
}

/** Only what differs is touched: every write is a line that has to be laid out and drawn. */
function write(label: Label, look: WireLook): void {
  if (look.text !== label.shown.text) label.text.data = look.text;
  if (look.fare !== label.shown.fare) label.element.dataset["fare"] = look.fare;
  label.shown = look;
}
