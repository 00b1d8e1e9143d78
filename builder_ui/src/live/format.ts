/** How numbers are put into words on the canvas: short, of steady width, and rounded so that noise changes nothing. */

/** "30 fps"; below ten with one digit, since 0.5 is not nothing. */
export function formatRate(fps: number): string {
  return `${fps > 0 && fps < 9.95 ? fps.toFixed(1).replace(/\.0$/, "") : Math.round(fps)} fps`;
}

/** "850 kbit/s", "1.2 Mbit/s". */
export function formatBitrate(kbps: number): string {
  if (kbps < 999.5) return `${Math.round(kbps)} kbit/s`;
  const mbps = kbps / 1000;
  return mbps < 999.5 ? `${mbps < 99.5 ? mbps.toFixed(1) : Math.round(mbps)} Mbit/s` : `${(mbps / 1000).toFixed(1)} Gbit/s`;
}

/** "0 lost", "12,345 lost" as "12 k lost". */
export function formatLost(lost: number): string {
  return `${formatCount(lost)} lost`;
}

export function formatCount(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  return count < 9_999_500 ? `${Math.round(count / 1000)} k` : `${(count / 1_000_000).toFixed(1)} M`;
}

/** "3.4 MiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** A length of time as a clock shows it: "0:07", "12:34", "1:02:03". */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** A length of time in words: "7 s", "12 min", "3 h 20 min". */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
}
