/** A node's log as people read it: without terminal colours, filtered. Pure. */

// ECMA-48: CSI and OSC sequences, two-character escapes, and control characters that draw nothing here.
const ANSI = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-_]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The text without terminal sequences; a line that was overwritten by carriage returns ends as it was last. */
export function plainText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(/^.*\r(?!$)/gm, "")
    .replaceAll(ANSI, "");
}

/** The lines; an end of line at the end begins no other line. */
export function linesOf(text: string): string[] {
  const plain = plainText(text);
  if (plain === "") return [];
  return (plain.endsWith("\n") ? plain.slice(0, -1) : plain).split("\n");
}

/** The lines with these words, in any case. */
export function filterLines(lines: readonly string[], words: string): readonly string[] {
  const wanted = words.trim().toLowerCase();
  return wanted === "" ? lines : lines.filter((line) => line.toLowerCase().includes(wanted));
}
