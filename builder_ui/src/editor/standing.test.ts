import { expect, it } from "vitest";
import { standingOf } from "@/editor/ComponentStanding";
import type { Component } from "@/graph/components";

const words = (status_note: string, status: "yanked" | "deprecated" = "deprecated") =>
  standingOf({ status, status_note } as Component)?.words;

it("ends a publisher's note before the next sentence begins, and ends none twice", () => {
  expect(words("use mirror 2")).toBe("use mirror 2. It goes on running.");
  expect(words("Use mirror 2. ")).toBe("Use mirror 2. It goes on running.");
  expect(words("")).toBe("It goes on running.");
  expect(words("use mirror 2", "yanked")).toBe("use mirror 2. It goes on running here, and cannot be added anew.");
});
