import { describe, expect, it } from "vitest";
import { formatDay, formatExactly, formatMoney, formatTime } from "@/money/format";

describe("money in words", () => {
  it.each([
    [0, "€0.00"],
    [12_345, "€0.0123"],
    [5_000_000, "€5.00"],
    [1_234_567_890, "€1,234.5678"],
    [-12_300, "-€0.0123"],
    [99, "under €0.0001"],
    [500_000, "€0.50"],
  ])("says %i as the server does", (micros, said) => {
    expect(formatMoney(micros, "EUR")).toBe(said);
  });

  it.each([
    [0, "€0.000000"],
    [12_300, "€0.012300"],
    [-1_234_567_890, "−€1234.567890"],
  ])("says all of %i where it is to be added up", (micros, said) => {
    expect(formatExactly(micros, "EUR")).toBe(said);
  });

  it("knows any currency and number of places", () => {
    expect(formatMoney(1_234_567, "CHF", 2)).toBe("CHF 1.23");
    expect(formatMoney(1, "USD", 6)).toBe("$0.000001");
  });
});

describe("time in words", () => {
  it.each([
    [350, "350 ms"],
    [40_000, "40 s"],
    [725_000, "12 min 5 s"],
    [12_000_000, "3 h 20 min"],
    [7_200_000, "2 h"],
  ])("says %i", (milliseconds, said) => {
    expect(formatTime(milliseconds)).toBe(said);
  });

  it("says days in UTC, wherever one lives", () => {
    expect(formatDay("2026-11-01")).toBe("1 Nov");
  });
});
