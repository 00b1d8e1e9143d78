/** What of the editor is open and where: never saved, never in the history. */
import { create } from "zustand";
import type { Pulled } from "@/editor/connection_gesture";
import { isNarrow } from "@/editor/editing";
import type { End } from "@/graph/connection";
import type { Position, Wire } from "@/graph/document";

export type DialogName = "text" | "cheatSheet" | "conflict" | "settings" | "versions" | "archive";
export type DrawerTab = "problems" | "outline" | "files";

/** A search for a component: where it will stand, and what it will be connected to. */
export type Picker = {
  /** On the canvas, in its own coordinates. */
  position: Position;
  /** On the screen, for the box. */
  screen: Position;
  from?: End;
  onWire?: Wire;
};

/** A component that is being dragged from the palette. */
export type Carried = { ref: string; x: number; y: number };

type Workspace = {
  dialog: DialogName | null;
  drawer: DrawerTab | null;
  picker: Picker | null;
  /** The node whose ports are being connected by keyboard. */
  connecting: string | null;
  renaming: string | null;
  carried: Carried | null;
  /** The wire that is being drawn, and from where. */
  pulled: Pulled | null;
  paletteOpen: boolean;
  inspectorOpen: boolean;
  lettersOff: boolean;
};

const LETTERS_OFF = "editor.letters-off";

export const useWorkspace = create<Workspace>(() => ({
  dialog: null,
  drawer: isNarrow() ? "outline" : null,
  picker: null,
  connecting: null,
  renaming: null,
  carried: null,
  pulled: null,
  paletteOpen: true,
  inspectorOpen: true,
  lettersOff: readFlag(LETTERS_OFF),
}));

export function openDialog(dialog: DialogName | null): void {
  useWorkspace.setState({ dialog });
}

export function toggleDrawer(tab: DrawerTab): void {
  useWorkspace.setState(({ drawer }) => ({ drawer: drawer === tab ? null : tab }));
}

export function openDrawer(drawer: DrawerTab | null): void {
  useWorkspace.setState({ drawer });
}

export function openPicker(picker: Picker | null): void {
  useWorkspace.setState({ picker });
}

export function startConnecting(connecting: string | null): void {
  useWorkspace.setState({ connecting });
}

export function startRenaming(renaming: string | null): void {
  useWorkspace.setState({ renaming });
}

export function carry(carried: Carried | null): void {
  useWorkspace.setState({ carried });
}

export function pull(pulled: Pulled | null): void {
  useWorkspace.setState({ pulled });
}

export function setLettersOff(lettersOff: boolean): void {
  useWorkspace.setState({ lettersOff });
  try {
    window.localStorage.setItem(LETTERS_OFF, String(lettersOff));
  } catch {
    // Storage is a courtesy; without it the choice lasts as long as the page.
  }
}

function readFlag(key: string): boolean {
  try {
    return window.localStorage.getItem(key) === "true";
  } catch {
    return false;
  }
}
