/** Money and lengths of time in words, as the server's pages say them (`factory/domain/billing/money.py`). */

const UNIT = 1_000_000;
const PLACES = 6;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SYMBOLS: Readonly<Record<string, string>> = { EUR: "€", USD: "$", GBP: "£", JPY: "¥" };

/** Micro-units for people: "€0.0123"; cut after so many places, and never shown as nothing where there is something. */
export function formatMoney(micros: number, currency: string, places = 4): string {
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  const step = 10 ** (PLACES - places);
  const cut = Math.floor(Math.abs(micros) / step) * step;
  if (micros !== 0 && cut === 0) return `under ${symbol}${(step / UNIT).toFixed(places)}`;
  const whole = Math.floor(cut / UNIT).toLocaleString("en-US");
  const fraction = String(cut % UNIT).padStart(PLACES, "0").slice(0, places).replace(/0+$/, "").padEnd(2, "0");
  return `${micros < 0 ? "-" : ""}${symbol}${whole}.${fraction}`;
}

/** Micro-units for adding up: every place there is, "€0.012300". */
export function formatExactly(micros: number, currency: string): string {
  const amount = Math.abs(micros);
  const whole = Math.floor(amount / UNIT);
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  return `${micros < 0 ? "−" : ""}${symbol}${String(whole)}.${String(amount % UNIT).padStart(PLACES, "0")}`;
}

/** Milliseconds as hours, minutes and seconds: "3 h 20 min", "12 min 5 s", "40 s". */
export function formatTime(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const hours = Math.floor(milliseconds / HOUR_MS);
  const minutes = Math.floor((milliseconds % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((milliseconds % MINUTE_MS) / 1000);
  if (hours > 0) return `${hours.toLocaleString("en-US")} h${minutes > 0 ? ` ${minutes} min` : ""}`;
  return minutes > 0 ? `${minutes} min${seconds > 0 ? ` ${seconds} s` : ""}` : `${seconds} s`;
}

/** A day in words: "12 Nov". */
export function formatDay(day: string): string {
  const options = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", options);
}
