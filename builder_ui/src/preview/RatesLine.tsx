/** One line under a picture: what it carries right now. */

import { formatBitrate, formatRate } from "@/live/format";
import type { Rates } from "@/preview/rates";

const LIMITS: Readonly<Record<string, string>> = {
  cpu: "this computer is too busy",
  bandwidth: "limited by the network or the highest bit rate",
  other: "the browser holds back",
};

export function RatesLine({ rates }: { rates: Rates | null }) {
  if (!rates) return <p className="preview-rates">&nbsp;</p>;
  const parts = [formatRate(rates.fps), formatBitrate(rates.kbps)];
  if (rates.latencyMs !== null) parts.push(`${Math.round(rates.latencyMs)} ms`);
  if (rates.size) parts.push(rates.size);
  if (rates.codec) parts.push(rates.codec);
  if (rates.lost > 0) parts.push(`${rates.lost} lost`);
  const limit = LIMITS[rates.limited];
  if (limit) parts.push(limit);
  return (
    <p className="preview-rates" title="The milliseconds are half the round trip and this browser's buffer.">
      {parts.join(" · ")}
    </p>
  );
}
