// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isTyping, matches, printChord, shortcutFor, SHORTCUTS } from "@/editor/shortcuts";

const at = { typing: false, lettersOff: false, mayEdit: true };
const key = (name: string, held: Partial<KeyboardEvent> = {}) => ({
  key: name, code: "", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held,
});

test("no two actions have the same keys", () => {
  const chords = SHORTCUTS.flatMap(({ keys }) => keys);
  expect(new Set(chords).size).toBe(chords.length);
});

test("it tells undo from redo", () => {
  expect(shortcutFor(key("z", { ctrlKey: true }), at)?.action).toBe("undo");
  expect(shortcutFor(key("Z", { ctrlKey: true, shiftKey: true }), at)?.action).toBe("redo");
  expect(shortcutFor(key("y", { metaKey: true }), at)?.action).toBe("redo");
});

test("it hears a sign however it is typed", () => {
  expect(shortcutFor(key("?", { shiftKey: true }), at)?.action).toBe("cheatSheet");
  expect(shortcutFor(key("+", { shiftKey: true }), at)?.action).toBe("zoomIn");
});

test("it hears a letter by its place where Alt makes another one of it", () => {
  expect(matches(key("ˇ", { code: "KeyT", shiftKey: true, altKey: true }), "shift+alt+t")).toBe(true);
});

test("letters, and undo, belong to the field that is typed in", () => {
  expect(shortcutFor(key("c"), { ...at, typing: true })).toBeNull();
  expect(shortcutFor(key("z", { ctrlKey: true }), { ...at, typing: true })).toBeNull();
  expect(shortcutFor(key("s", { ctrlKey: true }), { ...at, typing: true })?.action).toBe("save");
});

test("keys of one character can be switched off", () => {
  expect(shortcutFor(key("1"), { ...at, lettersOff: true })).toBeNull();
  expect(shortcutFor(key("Delete"), { ...at, lettersOff: true })?.action).toBe("delete");
});

test("those who may only look change nothing by keys", () => {
  expect(shortcutFor(key("Delete"), { ...at, mayEdit: false })).toBeNull();
  expect(shortcutFor(key("1"), { ...at, mayEdit: false })?.action).toBe("fit");
});

test("it knows where text is typed", () => {
  document.body.innerHTML = `<input id="text"><input id="box" type="checkbox"><textarea id="lines"></textarea><button id="button"></button>`;
  const typing = (id: string): boolean => isTyping(document.getElementById(id));
  expect([typing("text"), typing("box"), typing("lines"), typing("button")]).toEqual([true, false, true, false]);
});

test("it prints keys as they are on the keyboard", () => {
  expect(printChord("mod+shift+z", false)).toEqual(["Ctrl", "Shift", "Z"]);
  expect(printChord("mod+shift+z", true)).toEqual(["⌘", "Shift", "Z"]);
  expect(printChord("+", false)).toEqual(["+"]);
});
