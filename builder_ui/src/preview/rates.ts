/** What a WebRTC session carries, from two looks at its statistics a second apart (W3C webrtc-stats). */

export type Sample = {
  at: number;
  bytes: number;
  frames: number;
  lost: number;
  bufferSeconds: number;
  bufferCount: number;
  roundTripMs: number | null;
  width: number;
  height: number;
  codec: string;
  limited: string;
};

export type Rates = {
  fps: number;
  kbps: number;
  lost: number;
  /** Half the round trip and the jitter buffer: what the network and this browser add. */
  latencyMs: number | null;
  size: string;
  codec: string;
  /** Why the encoder sends less than it could: "", "cpu", "bandwidth" or "other". */
  limited: string;
};

type Entry = Readonly<Record<string, unknown>>;

function number(entry: Entry, name: string): number {
  const value = entry[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function text(entry: Entry, name: string): string {
  const value = entry[name];
  return typeof value === "string" ? value : "";
}

/** One look at the statistics, summed over audio and video. */
export function sampleOf(report: RTCStatsReport, at: number): Sample {
  const entries: Entry[] = [];
  report.forEach((entry: Entry) => entries.push(entry));
  const byId = new Map(entries.map((entry) => [text(entry, "id"), entry]));
  const sample: Sample = {
    at, bytes: 0, frames: 0, lost: 0, bufferSeconds: 0, bufferCount: 0,
    roundTripMs: null, width: 0, height: 0, codec: "", limited: "",
  };
  for (const entry of entries) addTo(sample, entry, byId);
  return sample;
}

function addTo(sample: Sample, entry: Entry, byId: ReadonlyMap<string, Entry>): void {
  const type = text(entry, "type");
  if (type === "candidate-pair" && entry["nominated"] === true && number(entry, "currentRoundTripTime") > 0) {
    sample.roundTripMs = number(entry, "currentRoundTripTime") * 1000;
  }
  if (type === "remote-inbound-rtp" || type === "inbound-rtp") sample.lost += number(entry, "packetsLost");
  if (type !== "inbound-rtp" && type !== "outbound-rtp") return;
  sample.bytes += number(entry, type === "inbound-rtp" ? "bytesReceived" : "bytesSent");
  if (text(entry, "kind") !== "video") return;
  sample.frames += number(entry, type === "inbound-rtp" ? "framesDecoded" : "framesSent");
  sample.bufferSeconds += number(entry, "jitterBufferDelay");
  sample.bufferCount += number(entry, "jitterBufferEmittedCount");
  sample.width = number(entry, "frameWidth");
  sample.height = number(entry, "frameHeight");
  const codec = byId.get(text(entry, "codecId"));
  if (codec) sample.codec = text(codec, "mimeType").replace(/^.*\//, "");
  const limited = text(entry, "qualityLimitationReason");
  sample.limited = limited === "none" ? "" : limited;
}

/** The rates between two looks. */
export function ratesOf(before: Sample, now: Sample): Rates {
  const seconds = Math.max((now.at - before.at) / 1000, 0.001);
  const emitted = now.bufferCount - before.bufferCount;
  const bufferMs = emitted > 0 ? ((now.bufferSeconds - before.bufferSeconds) / emitted) * 1000 : null;
  const networkMs = now.roundTripMs === null ? null : now.roundTripMs / 2;
  return {
    fps: Math.max(0, now.frames - before.frames) / seconds,
    kbps: (Math.max(0, now.bytes - before.bytes) * 8) / 1000 / seconds,
    lost: Math.max(0, now.lost),
    latencyMs: bufferMs === null && networkMs === null ? null : (bufferMs ?? 0) + (networkMs ?? 0),
    size: now.width && now.height ? `${now.width}×${now.height}` : "",
    codec: now.codec,
    limited: now.limited,
  };
}

const EVERY_MS = 1000;

/** Look once a second at whatever connection there is; returns how to end it. */
export function followRates(connection: () => RTCPeerConnection | null, show: (rates: Rates | null) => void): () => void {
  let before: { of: RTCPeerConnection; sample: Sample } | null = null;
  let looking = false;
  const look = async (): Promise<void> => {
    const of = connection();
    if (of?.connectionState !== "connected") {
      if (before) show(null);
      before = null;
      return;
    }
    const sample = sampleOf(await of.getStats(), performance.now());
    if (before?.of === of) show(ratesOf(before.sample, sample));
    before = { of, sample };
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}
