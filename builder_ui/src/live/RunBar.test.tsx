// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RunBar } from "@/live/RunBar";
import { RunNotice } from "@/live/RunNotice";
import { useRunCommand } from "@/live/run";
import { FakeApi, json } from "@/live/tests/fake_api";
import { liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { useDocument } from "@/stores/document";
import { resetLive, showConnection, showState } from "@/stores/live";
import { useSaving } from "@/stores/saving";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-22T10:00:00.000Z") });
  resetLive();
  openPipeline();
  useDocument.setState({ problems: [] });
  useSaving.setState({ state: "saved", reasons: [], both: [] }, true);
  useRunCommand.setState({ doing: "", error: "", isBlock: false });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const show = (change: Parameters<typeof liveRunOf>[0]): void => {
  act(() => {
    showState(liveStateOf({ run: liveRunOf(change) }), 0);
  });
};

describe("the run bar", () => {
  it("starts at once, ticks while it runs, stops, and says how it ended", async () => {
    const api = new FakeApi().on(`POST ${PLACE}/runs`, () => json({ id: "r1" }, 201));
    api.on(`POST ${PLACE}/runs/r1/stop`, () => json({ id: "r1" }, 202));
    render(<RunBar />);
    fireEvent.click(screen.getByRole("button", { name: "Run" }));
    expect(screen.getByText("starting")).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(0));
    show({});
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(screen.getByText("running")).toBeTruthy();
    expect(screen.getByText("0:05")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Stop" }));
    expect(screen.getByText("stopping")).toBeTruthy();
    show({ state: "failed", reason: "overlay failed", wanted: false, stopped_at: "2026-11-22T10:00:07.000Z" });
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByRole("status").textContent).toBe("Run: failed. overlay failed");
    expect(screen.getByText("0:07")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Run" })).toBeTruthy();
    expect(api.asked).toHaveLength(2);
  });

  it("says what blocks the run, and on pressing it says it aloud", () => {
    useDocument.setState({ problems: [{}, {}] as never });
    render(
      <>
        <RunBar />
        <RunNotice />
      </>,
    );
    const button = screen.getByRole("button", { name: "Run" });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    fireEvent.click(button);
    expect(screen.getByRole("alert").textContent).toBe("2 problems have to be solved first.");
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).toBeNull();

    fireEvent.click(button);
    expect(screen.getByRole("alert")).toBeTruthy();
    act(() => { useDocument.setState({ problems: [] }); });
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("breaks no rule of accessibility", async () => {
    vi.useRealTimers();
    show({ state: "degraded", reason: "one camera is missing" });
    showConnection({ connection: "lost", closeReason: "The connection to the server broke", retryAt: Date.now() + 4000 });
    render(
      <main>
        <RunBar />
        <RunNotice />
      </main>,
    );
    const rules = { "color-contrast": { enabled: false } };
    expect((await axe.run(document.body, { rules })).violations).toEqual([]);
  });
});

describe("stop", () => {
  it.each([
    ["for a role that may not", () => { useDocument.setState({ may: { edit: false, run: false } }); }, "Your role in this team may not stop runs."],
    ["on a page that is shut out", () => { showConnection({ connection: "closed", closeReason: "You may no longer see it." }); }, "You may no longer see it."],
  ])("is inactive %s, and says why", (_name, become, why) => {
    const api = new FakeApi();
    render(<RunBar />);
    show({});
    act(become);
    const stop = screen.getByRole("button", { name: "Stop" });
    expect([stop.getAttribute("aria-disabled"), stop.title]).toEqual(["true", why]);
    fireEvent.click(stop);
    expect(api.asked).toEqual([]);
  });
});

describe("the notice of the connection", () => {
  it("counts down to the next attempt", async () => {
    showConnection({ connection: "lost", closeReason: "The server is restarting", retryAt: Date.now() + 4000 });
    render(<RunNotice />);
    expect(screen.getByText("Live status lost. The server is restarting.")).toBeTruthy();
    expect(screen.getByText("Trying again in 4 s.")).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(3000));
    expect(screen.getByText("Trying again in 1 s.")).toBeTruthy();
  });

  it("leads to the page that helps", () => {
    showConnection({
      connection: "closed",
      closeReason: "You are signed out. Sign in again.",
      closeLink: { href: "/accounts/login/?next=%2Ft%2Facme%2Fhello%2F", text: "Sign in" },
    });
    render(<RunNotice />);
    expect(screen.getByRole("link", { name: "Sign in" }).getAttribute("href")).toContain("next=");
  });
});
