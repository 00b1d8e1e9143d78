// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RunBar } from "@/live/RunBar";
import { RunNotice } from "@/live/RunNotice";
import { costAt, hourlyOf } from "@/live/run_cost";
import { startRun, useRunCommand } from "@/live/run";
import { FakeApi, problem } from "@/live/tests/fake_api";
import { liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import type { LiveCost } from "@/live/state";
import { useDocument } from "@/stores/document";
import { resetLive, showState } from "@/stores/live";
import { useSaving } from "@/stores/saving";

const START = "2026-11-22T10:00:00.000Z";
const HOUR_MS = 3_600_000;
const COST: LiveCost = {
  settled: 7,
  running: [
    { since: START, per_hour: 42_500 },
    { since: START, per_hour: 3_600_000 },
  ],
  currency: "EUR",
};

const showBoot = (money: unknown): void => {
  const boot = document.createElement("script");
  boot.type = "application/json";
  boot.id = "boot";
  boot.textContent = JSON.stringify({ team: "acme", slug: "hello", money });
  document.body.append(boot);
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(START) });
  resetLive();
  openPipeline();
  useDocument.setState({ problems: [] });
  useSaving.setState({ state: "saved", reasons: [], both: [] }, true);
  useRunCommand.setState({ doing: "", error: "", isBlock: false, isMoney: undefined });
});

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("what a run costs", () => {
  it("counts every instance down by itself, as the ledger will", () => {
    expect(costAt(COST, Date.parse(START))).toBe(7);
    expect(costAt(COST, Date.parse(START) + 999)).toBe(7 + 11 + 999);
    expect(costAt(COST, Date.parse(START) + HOUR_MS)).toBe(7 + 42_500 + 3_600_000);
    expect(costAt(COST, Date.parse(START) - 5000)).toBe(7);
    expect(hourlyOf(COST)).toBe(3_642_500);
  });

  it("is shown, and grows while containers run", async () => {
    render(<RunBar />);
    act(() => {
      showState(liveStateOf({ run: liveRunOf({ cost: COST }) }), 0);
    });
    expect(screen.getByTitle(/€0.000007 settled; 2 containers run at €3.6425 an hour together/)).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(screen.getByText("€0.0101")).toBeTruthy();
  });

  it("stands still once nothing runs, and is absent where nobody knows it", async () => {
    render(<RunBar />);
    act(() => {
      showState(liveStateOf({ run: liveRunOf({ state: "stopped", cost: { ...COST, settled: 12_345, running: [] } }) }), 0);
    });
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(screen.getByText("€0.0123")).toBeTruthy();
    act(() => {
      showState(liveStateOf({ run: liveRunOf({}) }), 0);
    });
    expect(screen.queryByText("Cost so far")).toBeNull();
  });
});

describe("a run that cannot be paid", () => {
  it("says so once, with the way to the billing page", async () => {
    showBoot({ billing: "/teams/acme/billing/", notice: "", isUrgent: false });
    const told = "The next 60 s take €0.002; the team has €0.00 of credit left.";
    new FakeApi().on(`POST ${PLACE}/runs`, () => problem(402, told, { reasons: [told] }));
    render(<RunNotice />);
    await act(() => startRun());
    expect(screen.getByRole("alert").textContent).toBe(`${told}Billing`);
    expect(screen.getByRole("link", { name: "Billing" }).getAttribute("href")).toBe("/teams/acme/billing/");
  });

  it("leads nobody to a page that they may not open", async () => {
    showBoot({ billing: "", notice: "", isUrgent: false });
    new FakeApi().on(`POST ${PLACE}/runs`, () => problem(402, "There is no credit."));
    render(<RunNotice />);
    await act(() => startRun());
    expect(screen.getByRole("alert").textContent).toBe("There is no credit.");
  });
});

describe("the notice of money", () => {
  it("is there from the beginning, and goes when dismissed", () => {
    showBoot({ billing: "/teams/acme/billing/", notice: "The team's credit is low: €0.50 is left.", isUrgent: false });
    render(<RunNotice />);
    expect(screen.getByRole("status").textContent).toContain("€0.50 is left.");
    act(() => {
      screen.getByRole("button", { name: "Dismiss" }).click();
    });
    expect(screen.queryByRole("status")).toBeNull();
  });
});
