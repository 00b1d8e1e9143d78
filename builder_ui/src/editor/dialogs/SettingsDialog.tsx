/** The pipeline's name and description. */
import { useState } from "react";
import { Dialog } from "@/editor/dialogs/Dialog";
import { useMayEdit } from "@/editor/editing";
import { openDialog } from "@/editor/workspace";
import { useDocument } from "@/stores/document";
import { describePipeline } from "@/stores/verbs";

export default function SettingsDialog() {
  const graph = useDocument((store) => store.graph);
  const mayEdit = useMayEdit();
  const [name, setName] = useState(graph.name);
  const [description, setDescription] = useState(graph.description);
  const close = (): void => {
    openDialog(null);
  };
  const isNamed = name.trim() !== "";
  return (
    <Dialog
      title="Name and description"
      close={close}
      actions={
        <>
          <button type="button" className="button" onClick={close}>
            {mayEdit ? "Cancel" : "Close"}
          </button>
          {mayEdit && (
            <button type="submit" form="pipeline-settings" className="button button-primary" disabled={!isNamed}>
              Keep
            </button>
          )}
        </>
      }
    >
      <form
        id="pipeline-settings"
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          describePipeline({ name: name.trim(), description: description.trim() });
          close();
        }}
      >
        <div className="field">
          <label htmlFor="settings-name">Name</label>
          <input id="settings-name" data-first-focus className="input" value={name} maxLength={80} required disabled={!mayEdit}
            onChange={(event) => { setName(event.target.value); }} />
          {!isNamed && <p className="field-problem">A pipeline needs a name of 1 to 80 characters.</p>}
        </div>
        <div className="field">
          <label htmlFor="pipeline-description">Description</label>
          <textarea id="pipeline-description" className="input" value={description} maxLength={2000} disabled={!mayEdit}
            onChange={(event) => { setDescription(event.target.value); }} />
        </div>
      </form>
    </Dialog>
  );
}
