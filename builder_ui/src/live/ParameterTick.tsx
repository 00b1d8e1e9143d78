/** Beside a field that changes live: on its way, applied, or refused and why. */

import { Check, CircleAlert, LoaderCircle } from "lucide-react";
import { useParameterChange } from "@/live/parameters";

export function ParameterTick({ node, parameter }: { node: string; parameter: string }) {
  const change = useParameterChange(node, parameter);
  if (!change) return <span className="parameter-tick" role="status" />;
  switch (change.state) {
    case "sending":
    case "pending":
      return (
        <span className="parameter-tick" role="status" data-state="pending">
          <LoaderCircle size={14} aria-hidden className="live-turning" /> applying
        </span>
      );
    case "applied":
      return (
        <span className="parameter-tick" role="status" data-state="applied">
          <Check size={14} aria-hidden /> applied
        </span>
      );
    case "refused":
      return (
        <span className="parameter-tick" role="status" data-state="refused">
          <CircleAlert size={14} aria-hidden /> {change.reason}
        </span>
      );
  }
}
