/** Stores a new secret of the team: the value goes to the server and is forgotten here. */
import { type KeyboardEvent, useId, useState } from "react";
import { sentenceOf } from "@/api/problem";
import { isSecretName } from "@/graph/secret_rules";
import { storeSecret, useSecrets } from "@/stores/secrets";

const HOW_CALLED = "Lowercase letters, digits and _, a letter first, at most 40.";
const MOST_CHARACTERS = 48 * 1024;

export function NewSecret({ stored, cancel }: { stored: (name: string) => void; cancel: () => void }) {
  const id = useId();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const names = useSecrets((secrets) => secrets.names);
  const store = async (): Promise<void> => {
    const refusal = refusalOf(name, value, names ?? []);
    setError(refusal);
    if (refusal !== "" || isBusy) {
      return;
    }
    setBusy(true);
    try {
      await storeSecret(name, value);
      stored(name);
    } catch (reason) {
      setError(sentenceOf(reason));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      cancel();
    }
  };
  return (
    <div className="secret-new" role="group" aria-label="New secret of the team" onKeyDown={onKeyDown}>
      <div className="field">
        <label htmlFor={`${id}-name`}>Name</label>
        <input id={`${id}-name`} className="input" value={name} maxLength={40} autoComplete="off" spellCheck={false} autoFocus
          aria-describedby={`${id}-how`} onChange={(event) => { setName(event.target.value); }} />
        <p id={`${id}-how`} className="field-help">{HOW_CALLED}</p>
      </div>
      <div className="field">
        <label htmlFor={`${id}-value`}>Value</label>
        <textarea id={`${id}-value`} className="input field-lines secret-value" rows={2} value={value} maxLength={MOST_CHARACTERS}
          autoComplete="off" spellCheck={false} onChange={(event) => { setValue(event.target.value); }} />
        <p className="field-help">Nobody can read it again, you neither.</p>
      </div>
      {error && <p className="field-problem" role="alert">{error}</p>}
      <div className="field-row">
        <button type="button" className="button button-primary" aria-disabled={isBusy} onClick={() => void store()}>Store</button>
        <button type="button" className="button button-quiet" onClick={cancel}>Cancel</button>
      </div>
    </div>
  );
}

function refusalOf(name: string, value: string, names: readonly string[]): string {
  if (!isSecretName(name)) {
    return `Name it so: ${HOW_CALLED}`;
  }
  if (names.includes(name)) {
    return "The team has a secret of this name; choose it above, or take another name.";
  }
  return value === "" ? "Give it a value." : "";
}
