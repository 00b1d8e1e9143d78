// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeApi, json, problem } from "@/live/tests/fake_api";
import { liveArtifactOf, liveNodeOf, liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { CopyField } from "@/preview/CopyField";
import { Elsewhere } from "@/preview/Elsewhere";
import { FilesPanel } from "@/preview/FilesPanel";
import { LogPanel } from "@/preview/LogPanel";
import { PublishPanel } from "@/preview/PublishPanel";
import { resetLive, showState } from "@/stores/live";

const LOG = `GET ${PLACE}/runs/r1/nodes/overlay/log`;
let api: FakeApi;
const findings = async (): Promise<string[]> =>
  // jsdom draws nothing, so contrast is looked at in a browser.
  (await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } })).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`,
  );

beforeEach(() => {
  api = new FakeApi();
  resetLive();
  openPipeline();
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the log panel", () => {
  const run = (state: "ready" | "stopped", attempt = 1): void => {
    act(() => {
      showState(liveStateOf({ run: liveRunOf({ state }), nodes: { overlay: liveNodeOf({ attempt }) } }), 0);
    });
  };

  it("says what to do before there is a run", () => {
    render(<LogPanel node="overlay" />);
    expect(screen.getByText(/There is no log yet/)).toBeTruthy();
  });

  it("asks every two seconds while the run lives, and once when it is over", async () => {
    vi.useFakeTimers();
    api.on(LOG, () => json({ attempt: 1, text: "one\n\u001b[31mtwo\u001b[0m\n", truncated: true, live: true }));
    run("ready");
    render(<LogPanel node="overlay" />);
    await act(() => vi.advanceTimersByTimeAsync(4100));
    expect(api.asked.map(({ address }) => address)).toEqual(Array(3).fill(`${LOG.slice(4)}?tail=500`));
    expect(screen.getByRole("log").textContent).toBe("one\ntwo");
    expect(screen.getByText(/The last 500 lines/)).toBeTruthy();
    run("stopped");
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(api.asked).toHaveLength(4);
  });

  it("filters, and offers the attempts that there were", async () => {
    api.on(LOG, () => json({ attempt: 3, text: "good\nbad thing\n", truncated: false, live: false }));
    run("stopped", 3);
    render(<LogPanel node="overlay" />);
    await screen.findByText(/This attempt has ended/);
    await userEvent.type(screen.getByLabelText("Filter lines"), "BAD");
    expect(screen.getByRole("log").textContent).toBe("bad thing");
    expect(screen.getByText(/1 of 2 lines/)).toBeTruthy();
    fireEvent.change(screen.getByLabelText("Attempt"), { target: { value: "2" } });
    await vi.waitFor(() => {
      expect(api.asked.at(-1)?.address).toBe(`${LOG.slice(4)}?tail=500&attempt=2`);
    });
    expect(await findings()).toEqual([]);
  });

  it("says why there is none, and does not ask again for what is gone", async () => {
    vi.useFakeTimers();
    api.on(LOG, () => problem(404, "The log of this run is gone."));
    run("stopped");
    render(<LogPanel node="overlay" />);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByRole("alert").textContent).toBe("The log of this run is gone.");
    expect(api.asked).toHaveLength(1);
  });

  it("goes on asking when the host cannot be reached", async () => {
    vi.useFakeTimers();
    const text = { attempt: 1, text: "here\n", truncated: false, live: true };
    api.on(LOG, () => problem(503, "The host does not answer."), () => json(text));
    run("ready");
    render(<LogPanel node="overlay" />);
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByRole("log").textContent).toBe("here");
  });
});

describe("the files panel", () => {
  const files = {
    one: liveArtifactOf({}),
    two: liveArtifactOf({ name: "second.mp4", complete: false }),
    three: liveArtifactOf({ name: "third.mp4", closed: false, complete: false }),
    other: liveArtifactOf({ node: "snapshots", name: "a.png", media_type: "image/png" }),
  };

  it("says what would be here before there is anything", () => {
    render(<FilesPanel />);
    expect(screen.getByText(/No files yet/)).toBeTruthy();
  });

  it("lists a node's files with size, state, and what can be done with each", async () => {
    showState(liveStateOf({ run: liveRunOf({}), artifacts: files }), 0);
    render(<FilesPanel node="recorder" />);
    const rows = screen.getAllByRole("listitem").map((row) => row.textContent);
    expect(rows).toEqual(["recording.mp43.4 MiBcomplete", "second.mp43.4 MiBcut short", "third.mp43.4 MiBbeing written"]);
    expect(screen.getByLabelText("Download recording.mp4").getAttribute("href")).toBe(
      `${PLACE}/runs/r1/artifacts/one?download=1`,
    );
    expect(screen.queryByLabelText("Play third.mp4")).toBeNull();
    expect(await findings()).toEqual([]);
  });

  it("lists the parts of a recording in the order in which they were begun", () => {
    const part = (name: string) => ({ node: "recorder", attempt: 1, name, media_type: "video/mp4", bytes: 1, complete: true, closed: true });
    const names = ["recording-10.mp4", "recording-2.mp4", "recording.mp4"];
    showState(liveStateOf({ run: liveRunOf({}), artifacts: Object.fromEntries(names.map((name) => [name, part(name)])) }), 0);
    render(<FilesPanel node="recorder" />);
    const listed = screen.getAllByLabelText(/^Download/).map((link) => link.getAttribute("download"));
    expect(listed).toEqual(names.toReversed());
  });

  it("plays a recording from the API, and says when the browser cannot", async () => {
    HTMLDialogElement.prototype.showModal = function open() {
      this.open = true;
    };
    showState(liveStateOf({ run: liveRunOf({}), artifacts: files }), 0);
    const { container } = render(<FilesPanel />);
    await userEvent.click(screen.getByLabelText("Play recording.mp4"));
    const video = container.querySelector("video");
    expect(video?.getAttribute("src")).toBe(`${PLACE}/runs/r1/artifacts/one`);
    if (video) fireEvent.error(video);
    expect(screen.getByRole("alert").textContent).toContain("cannot play it");
  });
});

describe("an address to take elsewhere", () => {
  it("keeps its token hidden until it is shown", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    const user = userEvent.setup();
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    render(<CopyField label="Bearer token" value="secret" secret />);
    const field = screen.getByLabelText<HTMLInputElement>("Bearer token");
    expect(document.body.innerHTML).not.toContain("secret");
    fireEvent.click(screen.getByLabelText("Copy Bearer token"));
    expect(await screen.findByText("Copied")).toBeTruthy();
    expect(writeText).toHaveBeenCalledWith("secret");
    await user.click(screen.getByLabelText("Show Bearer token"));
    expect(field.value).toBe("secret");
  });

  it("names the steps of OBS and GStreamer, and no tokens to those who may not run", async () => {
    openPipeline({ may: { edit: false, run: false } });
    const endpoint = { id: "e1", node: "camera", kind: "whip" as const, address: "http://here/whip/e1" };
    render(<Elsewhere endpoint={endpoint} />);
    expect(screen.getByText(/OBS Studio 30/)).toBeTruthy();
    expect(screen.getByText(/whip-endpoint="http:\/\/here\/whip\/e1"/)).toBeTruthy();
    expect(screen.getByText(/Tokens are for operators and above/)).toBeTruthy();
    expect(api.asked).toEqual([]);
    expect(await findings()).toEqual([]);
  });
});

describe("the publish panel", () => {
  it("shows the camera, and in plain words why it cannot", async () => {
    const getUserMedia = vi.fn(() => Promise.reject(new DOMException("", "NotAllowedError")));
    const enumerateDevices = () => Promise.resolve([{ kind: "videoinput", deviceId: "c1", label: "Front" }]);
    const mediaDevices = { getUserMedia, enumerateDevices, addEventListener: vi.fn(), removeEventListener: vi.fn() };
    vi.stubGlobal("navigator", { mediaDevices });
    render(<PublishPanel node="camera" />);
    expect(screen.getByText(/as soon as the draft is saved/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Publish" }).getAttribute("aria-disabled")).toBe("true");
    expect(await screen.findByText("Front")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Preview" }));
    expect((await screen.findByRole("alert")).textContent).toContain("may not use the camera");
    expect(await findings()).toEqual([]);
  });
});
