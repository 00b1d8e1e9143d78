/** Listens for the keys of the table, wherever the focus is, and leaves alone what is typed. */
import { useEffect } from "react";
import { copyInto, type Commands, pasteFrom } from "@/editor/commands";
import { mayEditNow } from "@/editor/editing";
import { isTyping, shortcutFor } from "@/editor/shortcuts";
import { useWorkspace } from "@/editor/workspace";

export function useShortcuts(commands: Commands): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent, isFirst: boolean): void => {
      // Chords with Ctrl are taken before the canvas sees them: to it, Ctrl+Enter would select one more node.
      if (isFirst !== (event.ctrlKey || event.metaKey) || event.defaultPrevented || event.isComposing || isInDialog(event.target)) {
        return;
      }
      const { lettersOff } = useWorkspace.getState();
      const shortcut = shortcutFor(event, { typing: isTyping(event.target), lettersOff, mayEdit: mayEditNow() });
      if (shortcut && isCommand(shortcut.action, commands)) {
        event.preventDefault();
        event.stopPropagation();
        commands[shortcut.action]();
      }
    };
    const ending = new AbortController();
    const { signal } = ending;
    window.addEventListener("keydown", (event) => { onKeyDown(event, true); }, { signal, capture: true });
    window.addEventListener("keydown", (event) => { onKeyDown(event, false); }, { signal });
    window.addEventListener("copy", (event) => { onClipboard(event, (each) => { copyInto(each, false); }); }, { signal });
    window.addEventListener("cut", (event) => { onClipboard(event, (each) => { copyInto(each, true); }, true); }, { signal });
    window.addEventListener("paste", (event) => { onClipboard(event, pasteFrom, true); }, { signal });
    return () => {
      ending.abort();
    };
  }, [commands]);
}

function isCommand(action: string, commands: Commands): action is keyof Commands {
  return Object.hasOwn(commands, action);
}

/** A dialog has all keys while it is open, even where what had the focus in it is gone. */
function isInDialog(target: EventTarget | null): boolean {
  const isWithin = target instanceof Element && target.closest("[role=dialog], [popover]") !== null;
  return isWithin || document.querySelector("dialog[open]") !== null;
}

function onClipboard(event: ClipboardEvent, act: (event: ClipboardEvent) => void, edits = false): void {
  const isText = (window.getSelection()?.toString() ?? "") !== "" && !edits;
  if (!event.defaultPrevented && !isTyping(event.target) && !isInDialog(event.target) && !isText && (!edits || mayEditNow())) {
    act(event);
  }
}
