/** What the run costs until now, counting on while it runs. */

import { useNow } from "@/live/clock";
import { costAt, hourlyOf } from "@/live/run_cost";
import type { LiveCost } from "@/live/state";
import { formatMoney } from "@/money/format";

export function RunCost({ cost }: { cost: LiveCost }) {
  const runs = cost.running.length;
  const now = useNow(runs > 0);
  const hourly = formatMoney(hourlyOf(cost), cost.currency);
  const settled = formatMoney(cost.settled, cost.currency, 6);
  const running = `${runs} ${runs === 1 ? "container runs" : "containers run"} at ${hourly} an hour together`;
  return (
    <span className="run-cost" title={`${settled} settled; ${runs > 0 ? running : "nothing runs"}`}>
      <span className="visually-hidden">Cost so far </span>
      {formatMoney(costAt(cost, now), cost.currency)}
    </span>
  );
}
