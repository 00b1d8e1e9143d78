/** What people have to know of the run and of the connection, across the page: lost, closed, refused. */

import { X } from "lucide-react";
import { useEffect } from "react";
import { useNow } from "@/live/clock";
import { retryLive } from "@/live/connect";
import { useBlock } from "@/live/block";
import { BillingLink, MoneyNotice } from "@/live/MoneyNotice";
import { dismissRunError, useRunCommand } from "@/live/run";
import { useLive } from "@/stores/live";

export function RunNotice() {
  const error = useRunCommand((store) => store.error);
  const isBlock = useRunCommand((store) => store.isBlock);
  const isMoney = useRunCommand((store) => store.isMoney);
  const block = useBlock();
  useEffect(() => {
    // What kept the run from beginning is mended, or is another thing by now.
    if (isBlock && block !== error) dismissRunError();
  }, [isBlock, block, error]);
  return (
    <>
      <ConnectionNotice />
      {!isMoney && <MoneyNotice />}
      {error && (
        <div className="notice notice-danger run-notice" role="alert">
          <span>{error}</span>
          {isMoney && <BillingLink />}
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={dismissRunError}>
            <X size={16} aria-hidden />
          </button>
        </div>
      )}
    </>
  );
}

function ConnectionNotice() {
  const connection = useLive((store) => store.connection);
  const reason = useLive((store) => store.closeReason);
  const link = useLive((store) => store.closeLink);
  if (connection === "closed") {
    return (
      <div className="notice notice-danger run-notice" role="alert">
        <span>{reason}</span>
        {link && <a href={link.href}>{link.text}</a>}
        <button type="button" className="button button-quiet" onClick={retryLive}>
          Try again
        </button>
      </div>
    );
  }
  return connection === "lost" ? <LostNotice reason={reason ?? ""} /> : null;
}

function LostNotice({ reason }: { reason: string }) {
  const retryAt = useLive((store) => store.retryAt) ?? 0;
  const left = Math.ceil((retryAt - useNow()) / 1000);
  return (
    <div className="notice notice-warning run-notice">
      <span role="status">Live status lost. {reason}.</span>
      <span className="run-notice-count">{left > 0 ? `Trying again in ${left} s.` : "Trying again …"}</span>
      <button type="button" className="button button-quiet" onClick={retryLive}>
        Try now
      </button>
    </div>
  );
}
