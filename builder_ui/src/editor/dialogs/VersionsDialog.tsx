/** The versions of the pipeline: make one, see what the draft has changed since, go back to one, publish one. */
import { useEffect, useRef, useState } from "react";
import type { Version } from "@/api/types";
import { newKey } from "@/api/versions";
import { Dialog } from "@/editor/dialogs/Dialog";
import { DifferenceList } from "@/editor/dialogs/DifferenceList";
import { useMayEdit } from "@/editor/editing";
import { toast } from "@/editor/notices";
import { openDialog } from "@/editor/workspace";
import { type Differences, differencesOf } from "@/graph/differences";
import { useDocument } from "@/stores/document";
import { choose, loadMore, make, openVersions, publish, restore, useVersions } from "@/stores/versions";

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function usePlace() {
  const team = useDocument((store) => store.team);
  const slug = useDocument((store) => store.slug);
  return { team, slug };
}

export default function VersionsDialog() {
  const { team, slug } = usePlace();
  const mayEdit = useMayEdit();
  const { versions, next, error } = useVersions();
  useEffect(() => {
    void openVersions({ team, slug });
  }, [team, slug]);
  const close = (): void => {
    openDialog(null);
  };
  const isEmpty = next === null && versions.length === 0;
  return (
    <Dialog wide title="Versions" close={close}>
      <div className="versions">
        {mayEdit && <MakeVersion />}
        {error !== "" && <p className="notice notice-danger" role="alert">{error}</p>}
        {isEmpty && (
          <p>
            No versions yet. A version keeps the pipeline as it is now, under a number; only a version can be published,
            and running a changed draft makes one too.
          </p>
        )}
        {versions.length > 0 && (
          <div className="versions-sides">
            <VersionList />
            <Chosen close={close} />
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** Keeps the draft under the next number. The key stays the same until that went well, so that none is made twice. */
function MakeVersion() {
  const place = usePlace();
  const problems = useDocument((store) => store.problems.length);
  const isBusy = useVersions((store) => store.isBusy);
  const [note, setNote] = useState("");
  const key = useRef("");
  const submit = async (): Promise<void> => {
    key.current ||= newKey();
    if (await make(place, note.trim(), key.current)) {
      key.current = "";
      setNote("");
      toast("The draft is a version now.");
    }
  };
  return (
    <form
      className="versions-make"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="field">
        <label htmlFor="version-note">What is new</label>
        <input id="version-note" data-first-focus className="input" value={note} maxLength={300} placeholder="Larger letters"
          onChange={(event) => {
            setNote(event.target.value);
            key.current = "";
          }} />
      </div>
      <button type="submit" className="button button-primary" disabled={isBusy || problems > 0}>
        Make a version
      </button>
      {problems > 0 && <p className="field-problem">A version can run, and this draft cannot yet. Mend what Problems lists.</p>}
    </form>
  );
}

function VersionList() {
  const place = usePlace();
  const { versions, next, chosen, isBusy } = useVersions();
  return (
    <div className="versions-list">
      <ul>
        {versions.map((version) => (
          <li key={version.number}>
            <button type="button" aria-pressed={version.number === chosen} onClick={() => void choose(place, version.number)}>
              <span>
                <strong>{version.number}</strong> {version.note}
              </span>
              <span className="versions-marks">
                {version.published && <span className="badge" data-tone="success">published</span>}
                {version.is_draft && <span className="badge">as the draft</span>}
              </span>
              <small>{WHEN.format(new Date(version.created_at))}{version.created_by && `, ${version.created_by}`}</small>
            </button>
          </li>
        ))}
      </ul>
      {next !== null && next !== undefined && (
        <button type="button" className="button" disabled={isBusy} onClick={() => void loadMore(place)}>
          Older versions
        </button>
      )}
    </div>
  );
}

function Chosen({ close }: { close: () => void }) {
  const graph = useDocument((store) => store.graph);
  const { versions, chosen, graphs } = useVersions();
  const version = versions.find(({ number }) => number === chosen);
  const before = chosen === null ? undefined : graphs.get(chosen);
  if (!version) {
    return null;
  }
  const differences = before && differencesOf(before, graph);
  return (
    <section className="conflict-side" aria-label={`Version ${String(version.number)}`}>
      <h3>What the draft has changed since version {version.number}</h3>
      {differences ? <DifferenceList differences={differences} nothing="Nothing: the draft is this version." /> : <p>Loading…</p>}
      <Deeds version={version} block={differences ? backBlockOf(differences) : "The version is loading."} close={close} />
    </section>
  );
}

/** Why there is nothing to go back to, a sentence; "" where there is. */
function backBlockOf({ renamed, ...lists }: Differences): string {
  const isSame = !renamed && Object.values(lists).every(({ length }) => length === 0);
  return isSame ? "The draft is this version already." : "";
}

function Deeds({ version, block, close }: { version: Version; block: string; close: () => void }) {
  const place = usePlace();
  const mayEdit = useMayEdit();
  const isBusy = useVersions((store) => store.isBusy);
  if (!mayEdit) {
    return null;
  }
  const name = `version ${String(version.number)}`;
  return (
    <div className="versions-deeds">
      <button type="button" className="button" disabled={isBusy || block !== ""} title={block || undefined}
        onClick={() => {
          if (restore(version.number)) {
            close();
            toast(`The draft is as ${name} was. Undo brings yours back.`);
          }
        }}>
        Go back to it
      </button>
      {!version.published && (
        <button type="button" className="button" disabled={isBusy}
          onClick={() => {
            void publish(place, version.number).then((isDone) => {
              if (isDone) toast(`Endpoints start ${name} from now on.`);
            });
          }}>
          Publish
        </button>
      )}
    </div>
  );
}
