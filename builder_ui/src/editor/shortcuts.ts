/** Every key of the editor, once: what listens reads this table, and the cheat sheet is drawn from it. */

export type Shortcut = {
  action: Action;
  /** Chords such as `mod+shift+z`; `mod` is Ctrl, or Cmd on a Mac. */
  keys: readonly string[];
  title: string;
  group: "Pipeline" | "Edit" | "Build" | "View";
  /** Works in text fields as well. */
  whileTyping?: true;
  /** Changes the pipeline: off for those who may only look. */
  edits?: true;
  /** Heard by the canvas or the browser itself, and listed here for the cheat sheet. */
  byCanvas?: true;
};

export type Action =
  | "save" | "run" | "undo" | "redo" | "copy" | "cut" | "paste" | "duplicate" | "selectAll" | "delete"
  | "deleteAndReconnect" | "rename" | "add" | "connect" | "tidy" | "move" | "fit" | "reset" | "zoomIn" | "zoomOut"
  | "cheatSheet" | "escape" | "outline" | "text" | "search" | "select" | "box" | "addHere" | "addThere";

export const SHORTCUTS: readonly Shortcut[] = [
  { action: "save", keys: ["mod+s"], title: "Save now", group: "Pipeline", whileTyping: true, edits: true },
  { action: "run", keys: ["mod+enter"], title: "Run", group: "Pipeline", whileTyping: true },
  { action: "text", keys: ["mod+e"], title: "Pipeline as text", group: "Pipeline" },
  { action: "undo", keys: ["mod+z"], title: "Undo", group: "Edit", edits: true },
  { action: "redo", keys: ["mod+shift+z", "mod+y"], title: "Redo", group: "Edit", edits: true },
  { action: "copy", keys: ["mod+c"], title: "Copy", group: "Edit", byCanvas: true },
  { action: "cut", keys: ["mod+x"], title: "Cut", group: "Edit", edits: true, byCanvas: true },
  { action: "paste", keys: ["mod+v"], title: "Paste", group: "Edit", edits: true, byCanvas: true },
  { action: "duplicate", keys: ["mod+d"], title: "Duplicate", group: "Edit", edits: true },
  { action: "delete", keys: ["delete", "backspace"], title: "Delete", group: "Edit", edits: true },
  { action: "deleteAndReconnect", keys: ["mod+delete", "mod+backspace"], title: "Delete and reconnect", group: "Edit", edits: true },
  { action: "rename", keys: ["f2"], title: "Rename the node", group: "Edit", edits: true },
  { action: "add", keys: ["a"], title: "Add a component; on a selected wire, into it", group: "Build", edits: true },
  { action: "addHere", keys: ["tab"], title: "Add a component where empty canvas was just clicked", group: "Build", edits: true, byCanvas: true },
  { action: "addThere", keys: ["double+click"], title: "Add a component there", group: "Build", edits: true, byCanvas: true },
  { action: "connect", keys: ["c"], title: "Connect the focused node", group: "Build", edits: true },
  { action: "search", keys: ["/"], title: "Search the palette", group: "Build", edits: true },
  { action: "tidy", keys: ["shift+alt+t"], title: "Tidy the selection, or everything", group: "Build", edits: true },
  { action: "move", keys: ["arrows", "shift+arrows"], title: "Move the selection; Shift for bigger steps", group: "Build", edits: true, byCanvas: true },
  { action: "selectAll", keys: ["mod+a"], title: "Select everything", group: "View" },
  { action: "select", keys: ["mod+click"], title: "Select one more", group: "View", byCanvas: true },
  { action: "box", keys: ["shift+drag"], title: "Select in a box", group: "View", byCanvas: true },
  { action: "fit", keys: ["1"], title: "Show everything", group: "View" },
  { action: "reset", keys: ["0"], title: "Natural size", group: "View" },
  { action: "zoomIn", keys: ["+", "="], title: "Zoom in", group: "View" },
  { action: "zoomOut", keys: ["-"], title: "Zoom out", group: "View" },
  { action: "outline", keys: ["o"], title: "Outline: the pipeline as a list", group: "View" },
  { action: "cheatSheet", keys: ["?"], title: "This list", group: "View" },
  { action: "escape", keys: ["escape"], title: "Close, or select nothing", group: "View", whileTyping: true },
];

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether the keys pressed are those of a chord. A sign such as `?` counts however it is typed. */
export function matches(event: Pressed, chord: string): boolean {
  const parts = chord === "+" ? ["+"] : chord.split("+");
  const key = parts.at(-1) ?? "";
  const wants = (name: string): boolean => parts.slice(0, -1).includes(name);
  const isSign = key.length === 1 && !/[a-z0-9]/.test(key);
  const pressed = event.altKey && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key.toLowerCase();
  return (
    pressed === key &&
    wants("mod") === (event.ctrlKey || event.metaKey) &&
    (isSign || wants("shift") === event.shiftKey) &&
    wants("alt") === event.altKey
  );
}

/** What to do for a key, or null. `lettersOff` silences keys that are one character (WCAG 2.1.4). */
export function shortcutFor(event: Pressed, at: { typing: boolean; lettersOff: boolean; mayEdit: boolean }): Shortcut | null {
  for (const shortcut of SHORTCUTS) {
    if (shortcut.byCanvas || (at.typing && !shortcut.whileTyping) || (shortcut.edits && !at.mayEdit)) {
      continue;
    }
    const chord = shortcut.keys.find((each) => matches(event, each));
    if (chord !== undefined && !(at.lettersOff && chord.length === 1)) {
      return shortcut;
    }
  }
  return null;
}

/** Whether keys belong to what has the focus: text is typed there, or a dialog is open. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  const typed = target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select");
  return typed !== null;
}

const NAMES: Readonly<Record<string, string>> = {
  mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", escape: "Esc", delete: "Del", backspace: "⌫", tab: "Tab",
  arrows: "← ↑ ↓ →", click: "click", drag: "drag", double: "double",
};

/** A chord as it is printed on keys. */
export function printChord(chord: string, isMac: boolean): string[] {
  const parts = chord === "+" ? ["+"] : chord.split("+");
  return parts.map((part) => (part === "mod" && isMac ? "⌘" : (NAMES[part] ?? part.toUpperCase())));
}

export function onMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent);
}
