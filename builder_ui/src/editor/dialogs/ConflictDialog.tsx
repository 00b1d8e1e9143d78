/** Two people changed the pipeline: what each did, and whose to keep. Nothing is lost either way: undo brings mine back. */
import { useEffect } from "react";
import { Dialog } from "@/editor/dialogs/Dialog";
import { DifferenceList } from "@/editor/dialogs/DifferenceList";
import { toast } from "@/editor/notices";
import { openDialog } from "@/editor/workspace";
import type { Differences } from "@/graph/differences";
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

function Side({ title, differences }: { title: string; differences: Differences }) {
  return (
    <section className="conflict-side">
      <h3>{title}</h3>
      <DifferenceList differences={differences} />
    </section>
  );
}
