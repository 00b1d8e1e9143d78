/** A secret of the team, chosen by its name: a value is stored here, and never shown. */
import { ExternalLink, Plus } from "lucide-react";
import { useState } from "react";
import { NewSecret } from "@/forms/NewSecret";
import type { WidgetProps } from "@/forms/widget_props";
import { nameIn, SECRET_PREFIX } from "@/graph/secret_rules";
import { useDocument } from "@/stores/document";
import { useSecrets } from "@/stores/secrets";

const NONE = "";

export function SecretWidget({ id, parameter, value, commit, disabled, invalid, describedBy }: WidgetProps) {
  const { names, mayAdminister } = useSecrets();
  const team = useDocument((store) => store.team);
  const [isMaking, setMaking] = useState(false);
  const chosen = nameIn(value) ?? NONE;
  const isMissing = chosen !== NONE && names !== null && !names.includes(chosen);
  const isListed = chosen === NONE || (names?.includes(chosen) ?? false);
  const isOptional = parameter.default !== null;
  return (
    <>
      <div className="field-row secret-row">
        <select
          id={id}
          className="select"
          value={chosen}
          disabled={disabled}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onChange={(event) => {
            const { value: name } = event.target;
            commit(name === NONE ? NONE : `${SECRET_PREFIX}${name}`);
          }}
        >
          <option value={NONE} disabled={!isOptional}>
            {isOptional ? "None" : names?.length === 0 ? "The team has no secrets yet" : "Choose a secret"}
          </option>
          {!isListed && <option value={chosen}>{isMissing ? `${chosen} (missing)` : chosen}</option>}
          {(names ?? []).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        {mayAdminister && (
          <a className="icon-button" href={`/teams/${encodeURIComponent(team)}/secrets/`} target="_blank" rel="noreferrer"
            aria-label="Secrets of the team, in a new tab" title="Secrets of the team">
            <ExternalLink size={15} aria-hidden />
          </a>
        )}
      </div>
      {mayAdminister && !disabled && !isMaking && (
        <button type="button" className="button button-quiet secret-new-button" onClick={() => { setMaking(true); }}>
          <Plus size={15} aria-hidden /> New secret
        </button>
      )}
      {!mayAdminister && names?.length === 0 && <p className="field-help">An admin of the team stores secrets under Team, Secrets.</p>}
      {isMaking && (
        <NewSecret
          stored={(name) => {
            setMaking(false);
            commit(`${SECRET_PREFIX}${name}`);
          }}
          cancel={() => {
            setMaking(false);
          }}
        />
      )}
    </>
  );
}
