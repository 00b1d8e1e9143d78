/** A value to take elsewhere: shown, copied with one press, and hidden first where it is a secret. */

import { Check, Copy, Eye, EyeOff } from "lucide-react";
import { useId, useState } from "react";

/** Of one length for every secret; a field of passwords would be offered to be kept by the browser. */
const MASK = "•".repeat(16);

export function CopyField({ label, value, secret = false }: { label: string; value: string; secret?: boolean }) {
  const id = useId();
  const [shown, setShown] = useState(!secret);
  const [copied, setCopied] = useState<"" | "copied" | "failed">("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied("copied");
    } catch {
      // Without the right to the clipboard: show it, so that it can be selected.
      setShown(true);
      setCopied("failed");
    }
    setTimeout(setCopied, 3000, "");
  };
  return (
    <div className="field copy-field">
      <label htmlFor={id}>{label}</label>
      <div className="copy-field-row">
        <input
          id={id}
          className="input mono"
          readOnly
          type="text"
          autoComplete="off"
          value={shown ? value : MASK}
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
        {secret && (
          <button
            type="button"
            className="icon-button"
            aria-label={shown ? `Hide ${label}` : `Show ${label}`}
            onClick={() => {
              setShown(!shown);
            }}
          >
            {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </button>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={`Copy ${label}`}
          onClick={() => {
            void copy();
          }}
        >
          {copied === "copied" ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        </button>
      </div>
      <span className="help" role="status">
        {copied === "copied" ? "Copied" : copied === "failed" ? "Select it and copy it by hand." : ""}
      </span>
    </div>
  );
}
