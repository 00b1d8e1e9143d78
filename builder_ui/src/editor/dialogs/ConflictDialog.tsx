/** Two people changed the pipeline: what each did, and whose to keep. Nothing is lost either way: undo brings mine back. */
import { useEffect } from "react";
import { Dialog } from "@/editor/dialogs/Dialog";
import { toast } from "@/editor/notices";
import { openDialog } from "@/editor/workspace";
import type { Components } from "@/graph/components";
import { changeWords, type Differences, isNothing } from "@/graph/differences";
import { useDocument } from "@/stores/document";
import { keepMine, merge, takeTheirs, useSaving } from "@/stores/saving";

export default function ConflictDialog() {
  const conflict = useSaving((store) => store.conflict);
  const close = (): void => {
    openDialog(null);
  };
  useEffect(() => {
    if (!conflict) {
      openDialog(null);
    }
  }, [conflict]);
  if (!conflict) {
    return null;
  }
  const { theirs, differences } = conflict;
  const act = (done: string, verb: () => unknown): void => {
    close();
    void Promise.resolve(verb()).then(() => {
      toast(done);
    });
  };
  return (
    <Dialog
      wide
      title={`${theirs.saved_by} saved this pipeline too`}
      close={close}
      actions={
        <>
          <button type="button" className="button" onClick={() => { act(`${theirs.saved_by}'s pipeline is shown. Undo brings yours back.`, takeTheirs); }}>
            Take theirs
          </button>
          <button type="button" className="button" onClick={() => { act("Yours is kept.", keepMine); }}>
            Keep mine
          </button>
          <button type="button" className="button button-primary" onClick={() => { act("Both are joined.", merge); }}>
            Merge both
          </button>
        </>
      }
    >
      <p>Merging keeps what each of you did; where you both changed the same, yours stays and is listed.</p>
      <div className="conflict-sides">
        <Side title={`What ${theirs.saved_by} changed`} differences={differences.theirs} />
        <Side title="What you changed" differences={differences.mine} />
      </div>
    </Dialog>
  );
}

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

function Side({ title, differences }: { title: string; differences: Differences }) {
  const components = useDocument((store) => store.components);
  return (
    <section className="conflict-side">
      <h3>{title}</h3>
      {isNothing(differences) && <p>Nothing.</p>}
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
    </section>
  );
}
