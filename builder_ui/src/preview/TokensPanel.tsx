/** Tokens of an endpoint for programs: made here and shown once, listed by how they begin, revoked. */

import { KeyRound, Trash2 } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import type { EndpointToken } from "@/api/types";
import { CopyField } from "@/preview/CopyField";
import { endWords, LIVES, type Tokens, usageWords, useTokens } from "@/preview/tokens";
import { useDocument } from "@/stores/document";

export function TokensPanel({ endpoint }: { endpoint: string }) {
  const tokens = useTokens(endpoint);
  const { list, made, error } = tokens;
  const mayEdit = useDocument((store) => store.may.edit);
  return (
    <section className="tokens" aria-label="Tokens">
      <h4>Tokens</h4>
      {error && (
        <p className="notice notice-danger" role="alert">
          {error}
        </p>
      )}
      {made && (
        <div className="notice tokens-made" role="status">
          <CopyField label={`Token ${made.name}`} value={made.token} secret />
          <p>Copy it now: it is not shown again.</p>
        </div>
      )}
      {list?.length === 0 && !made && (
        <p className="help">No program has a token yet. Make one for each, so that each can be revoked by itself.</p>
      )}
      {list !== null && list.length > 0 && (
        <ul className="tokens-list">
          {list.map((token) => (
            <Row key={token.id} token={token} revoke={mayEdit ? tokens.revoke : null} />
          ))}
        </ul>
      )}
      {mayEdit ? <NewToken make={tokens.make} /> : <p className="help">Making and revoking them needs the role developer.</p>}
    </section>
  );
}

function Row({ token, revoke }: { token: EndpointToken; revoke: Tokens["revoke"] | null }) {
  const [asked, setAsked] = useState(false);
  return (
    <li className="tokens-row" data-holds={token.holds}>
      <div>
        <strong>{token.name}</strong> <code>{token.prefix}…</code>
        <p className="help">{[endWords(token), usageWords(token), token.made_by && `made by ${token.made_by}`].filter(Boolean).join(" · ")}</p>
      </div>
      {revoke && (asked ? (
        <div className="tokens-confirm" role="group" aria-label={`Revoke ${token.name}?`}>
          <button type="button" className="button button-danger" onClick={() => void revoke(token.id)}>
            Revoke
          </button>
          <button type="button" className="button button-quiet" autoFocus onClick={() => { setAsked(false); }}>
            Keep
          </button>
        </div>
      ) : (
        <button type="button" className="icon-button" aria-label={`Revoke ${token.name}…`} title="Revoke…" onClick={() => { setAsked(true); }}>
          <Trash2 size={15} aria-hidden />
        </button>
      ))}
    </li>
  );
}

function NewToken({ make }: { make: Tokens["make"] }) {
  const id = useId();
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (name.trim() === "" || isBusy) return;
    setBusy(true);
    if (await make(name.trim(), days)) setName("");
    setBusy(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") void submit();
  };
  return (
    <div className="tokens-new" role="group" aria-label="New token">
      <div className="field">
        <label htmlFor={`${id}-name`}>What it is for</label>
        <input id={`${id}-name`} className="input" value={name} maxLength={60} placeholder="OBS in the studio" autoComplete="off"
          onChange={(event) => { setName(event.target.value); }} onKeyDown={onKeyDown} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-days`}>Holds for</label>
        <select id={`${id}-days`} className="select" value={days} onChange={(event) => { setDays(Number(event.target.value)); }}>
          {LIVES.map((life) => (
            <option key={life.days} value={life.days}>
              {life.title}
            </option>
          ))}
        </select>
      </div>
      <button type="button" className="button" aria-disabled={name.trim() === "" || isBusy} onClick={() => void submit()}>
        <KeyRound size={15} aria-hidden /> Make a token
      </button>
    </div>
  );
}
