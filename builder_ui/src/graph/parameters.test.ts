import { describe, expect, it } from "vitest";
import { ADVICE, COMPONENTS, REFERENCES, VALUES } from "@/graph/cases";
import type { Component, Parameter } from "@/graph/components";
import { advise, adviseReference } from "@/graph/nearest";
import { missingParameters, problemOf, shown, withDefaults } from "@/graph/parameters";

const PLAIN = { minimum: null, maximum: null, multiple_of: null, max_length: null, enum: null, format: null };

function componentOf(name: string): Component {
  const component = COMPONENTS[name];
  if (!component) throw new Error(name);
  return component;
}

describe("problemOf", () => {
  it.each(VALUES)("says what the server says of %j = %j", (fields, value, refusal) => {
    const problem = problemOf({ ...PLAIN, ...fields } as Parameter, value);

    expect(problem && [problem.message, problem.remedy]).toEqual(refusal);
  });

  it("shows no value longer than a line", () => {
    expect(shown("x".repeat(80))).toHaveLength(59);
    expect(shown(Number.POSITIVE_INFINITY)).toBe("inf");
    expect(shown(Number.NaN)).toBe("nan");
  });
});

describe("advise", () => {
  it.each(ADVICE)("takes %s among %j as the server does", (name, known, advice) => {
    expect(advise(name, known)).toBe(advice);
  });

  it.each(REFERENCES)("takes the reference %s among %j as the server does", (name, known, advice) => {
    expect(adviseReference(name, known)).toBe(advice);
  });
});

describe("withDefaults", () => {
  it("puts what was given over the defaults, and keeps what is unknown", () => {
    const filled = withDefaults(componentOf("file@1.0.0"), { container: "webm", extra: 1 });

    expect(filled).toEqual({ container: "webm", extra: 1 });
    expect(withDefaults(componentOf("camera@1.0.0"), {}).width).toBe(1280);
  });

  it("names what must be given", () => {
    expect(missingParameters(componentOf("push@1.0.0"), {})).toEqual(["address"]);
    expect(missingParameters(componentOf("push@1.0.0"), { address: "" })).toEqual([]);
  });
});
