/** What people have to know of the team's credit while they draw, and the way to the page about it. */

import { X } from "lucide-react";
import { useState } from "react";
import { readMoney } from "@/live/money_notice";

/** To the billing page; nothing for those who may not open it. */
export function BillingLink() {
  const { billing } = readMoney();
  return billing ? <a href={billing}>Billing</a> : null;
}

/** How the credit stood when the page was loaded; a run that is refused says how it stands then. */
export function MoneyNotice() {
  const [{ notice, isUrgent }] = useState(readMoney);
  const [seen, setSeen] = useState(false);
  if (!notice || seen) return null;
  return (
    <div className={`notice run-notice ${isUrgent ? "notice-danger" : "notice-warning"}`} role="status">
      <span>{notice}</span>
      <BillingLink />
      <button
        type="button"
        className="icon-button"
        aria-label="Dismiss"
        onClick={() => {
          setSeen(true);
        }}
      >
        <X size={16} aria-hidden />
      </button>
    </div>
  );
}
