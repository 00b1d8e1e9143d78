/** What one graph has and another has not, for people to read: a line a kind of change. */
import type { Components } from "@/graph/components";
import { changeWords, type Differences, isNothing } from "@/graph/differences";
import { useDocument } from "@/stores/document";

const WORDS: readonly { key: Exclude<keyof Differences, "renamed">; word: string }[] = [
  { key: "added", word: "Added" },
  { key: "removed", word: "Removed" },
  { key: "changed", word: "Changed" },
  { key: "wiresAdded", word: "Connected" },
  { key: "wiresRemoved", word: "Disconnected" },
  { key: "moved", word: "Moved" },
];
const MOST_NAMED = 12;

/** Names and ids as they are; what was changed has a line of its own, with both values. */
function linesOf(differences: Differences, key: (typeof WORDS)[number]["key"], components: Components): string[] {
  if (key === "changed") {
    const lines = differences.changed.map((each) => changeWords(each, components));
    return lines.length > MOST_NAMED ? [...lines.slice(0, MOST_NAMED), more(lines.length)] : lines;
  }
  const names = differences[key];
  return [names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? ` ${more(names.length)}` : "")];
}

function more(count: number): string {
  return `and ${String(count - MOST_NAMED)} more`;
}

export function DifferenceList({ differences, nothing = "Nothing." }: { differences: Differences; nothing?: string }) {
  const components = useDocument((store) => store.components);
  if (isNothing(differences)) {
    return <p>{nothing}</p>;
  }
  return (
    <dl>
      {differences.renamed && (
        <div>
          <dt>Renamed</dt>
          <dd>the pipeline&apos;s name or description</dd>
        </div>
      )}
      {WORDS.filter(({ key }) => differences[key].length > 0).map(({ key, word }) => (
        <div key={key}>
          <dt>{word}</dt>
          {linesOf(differences, key, components).map((line) => (
            <dd key={line}>{line}</dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
