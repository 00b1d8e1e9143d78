import { afterEach, describe, expect, it, vi } from "vitest";
import { CaptureRefused, openCapture, sentenceOf, type Choice } from "@/preview/capture";
import { orderCodecs } from "@/preview/codecs";
import { filterLines, linesOf, plainText } from "@/preview/log_text";
import { ratesOf, sampleOf } from "@/preview/rates";
import { MOST_AT_ONCE, takeTurn } from "@/preview/turns";
import { lineOf, obstacleOf } from "@/preview/words";

const CAMERA: Choice = { source: "camera", camera: "", microphone: "" };

describe("codecs", () => {
  it("are offered in the gateway's order, and the rest behind them", () => {
    const codecs = ["video/VP8", "video/rtx", "video/AV1", "video/H264"].map((mimeType) => ({ mimeType }));
    expect(orderCodecs(codecs, ["h264", "vp8"]).map(({ mimeType }) => mimeType)).toEqual([
      "video/H264", "video/VP8", "video/rtx", "video/AV1",
    ]);
  });
});

describe("capturing", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ["NotAllowedError", CAMERA, "The browser may not use the camera. Allow it beside the address of this page, then try again."],
    ["NotAllowedError", { ...CAMERA, source: "screen" as const }, "The screen was not shared. Press the button again and choose a window, a tab or a screen."],
    ["NotFoundError", { ...CAMERA, camera: null }, "There is no such device. Connect the microphone, or choose another."],
    ["NotReadableError", CAMERA, "Another program uses the camera, or the system does not give it away. Close the other program and try again."],
    ["OverconstrainedError", CAMERA, "The chosen device is not there any more. Choose another."],
    ["Whatever", CAMERA, "The browser could not open the camera (Whatever). Try again."],
  ])("that fails with %s says what to do", (name, choice, sentence) => {
    expect(sentenceOf(new DOMException("", name), choice)).toBe(sentence);
  });

  it("on a page that is not secure says so", async () => {
    vi.stubGlobal("navigator", {});
    await expect(openCapture(CAMERA)).rejects.toThrow(/https:\/\/ or at localhost/);
  });

  it("of nothing is refused before the browser is asked", async () => {
    const getUserMedia = vi.fn();
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
    await expect(openCapture({ source: "camera", camera: null, microphone: null })).rejects.toThrow(CaptureRefused);
    expect(getUserMedia).not.toHaveBeenCalled();
  });

  it("asks for the devices that were chosen, and no others", async () => {
    const getUserMedia = vi.fn(() => Promise.resolve({}));
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
    await openCapture({ source: "camera", camera: "c1", microphone: null });
    expect(getUserMedia).toHaveBeenCalledWith({
      video: expect.objectContaining({ deviceId: { exact: "c1" } }) as unknown,
      audio: false,
    });
  });
});

describe("rates", () => {
  const report = (entries: Record<string, unknown>[]): RTCStatsReport =>
    new Map(entries.map((entry, index) => [String(index), entry]));
  const received = (frames: number, bytes: number, delay: number, emitted: number): RTCStatsReport =>
    report([
      { id: "v", type: "inbound-rtp", kind: "video", framesDecoded: frames, bytesReceived: bytes, packetsLost: 2, frameWidth: 640, frameHeight: 360, jitterBufferDelay: delay, jitterBufferEmittedCount: emitted, codecId: "c" },
      { id: "a", type: "inbound-rtp", kind: "audio", bytesReceived: bytes / 10, packetsLost: 1 },
      { id: "c", type: "codec", mimeType: "video/H264" },
      { id: "p", type: "candidate-pair", nominated: true, currentRoundTripTime: 0.004 },
    ]);

  it("come from two looks at what was received", () => {
    const before = sampleOf(received(100, 100_000, 1, 100), 0);
    const rates = ratesOf(before, sampleOf(received(130, 200_000, 2.2, 130), 1000));
    expect(rates).toMatchObject({ fps: 30, kbps: 880, lost: 3, size: "640×360", codec: "H264", limited: "" });
    expect(rates.latencyMs).toBeCloseTo(42);
  });

  it("say what holds a sender back", () => {
    const sent = report([
      { type: "outbound-rtp", kind: "video", framesSent: 10, bytesSent: 10, qualityLimitationReason: "cpu" },
      { type: "remote-inbound-rtp", kind: "video", packetsLost: 5 },
    ]);
    expect(ratesOf(sampleOf(sent, 0), sampleOf(sent, 1000))).toMatchObject({ limited: "cpu", lost: 5, latencyMs: null });
  });
});

describe("a log", () => {
  it("is read without the sequences of terminals", () => {
    expect(plainText("\u001b[1;31mfailed\u001b[0m\u0007 \u001b]0;title\u0007ok\r\nnext")).toBe("failed ok\nnext");
    expect(plainText("10 %\r50 %\rdone\nx")).toBe("done\nx");
  });

  it("ends where its last line ends", () => {
    expect(linesOf("")).toEqual([]);
    expect(linesOf("a\n\nb\n")).toEqual(["a", "", "b"]);
  });

  it("is filtered in any case", () => {
    expect(filterLines(["An Error", "fine"], " error ")).toEqual(["An Error"]);
    expect(filterLines(["a", "b"], " ")).toEqual(["a", "b"]);
  });
});

describe("pictures at once", () => {
  it("are two at most, and the oldest gives way", () => {
    const gone: string[] = [];
    const give = ["a", "b", "c"].map((name) => takeTurn(() => gone.push(name)));
    expect(MOST_AT_ONCE).toBe(2);
    expect(gone).toEqual(["a"]);
    give[1]?.();
    give.push(takeTurn(() => gone.push("d")));
    expect(gone).toEqual(["a"]);
    for (const back of give) back();
  });
});

describe("what stands in place of a picture", () => {
  it("is what people can do about it", () => {
    expect(obstacleOf({ saved: false, wanted: true, ready: true })).toContain("saved");
    expect(obstacleOf({ saved: true, wanted: false, ready: false })).toBe("The pipeline is not running. Press Run.");
    expect(obstacleOf({ saved: true, wanted: true, ready: false })).toContain("as soon as it is ready");
    expect(obstacleOf({ saved: true, wanted: true, ready: true })).toBe("");
  });

  it("counts down to the next attempt", () => {
    const view = { state: "waiting", reason: "The gateway is gone", retryAt: 5000 } as const;
    expect(lineOf(view, 1500)).toBe("The gateway is gone. Trying again in 4 s");
    expect(lineOf(view, 6000)).toBe("The gateway is gone. Trying again");
  });
});
