import { describe, expect, it } from "vitest";
import { mergePatch, share, TooDeep, type Json } from "@/live/merge_patch";
import { diff, randomState, seeded } from "@/live/tests/random_states";

// RFC 7396, appendix A: original, patch, result.
const APPENDIX: [Json, Json, Json][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe("merge patches", () => {
  it.each(APPENDIX)("follow the appendix of the RFC: %j with %j is %j", (original, patch, result) => {
    expect(mergePatch(original, patch)).toEqual(result);
  });

  it("make of a state every other state, whatever they are", () => {
    const random = seeded(7396);
    let state: Json = randomState(random);
    for (let round = 0; round < 500; round += 1) {
      const next = randomState(random);
      const frozen = JSON.stringify(state);
      const merged = mergePatch(state, diff(state, next));
      expect(merged).toEqual(next);
      expect(JSON.stringify(state)).toBe(frozen);
      state = merged;
    }
  });

  it("give a new identity to what changed and to nothing else", () => {
    const before = { nodes: { a: { fps: 1 }, b: { fps: 2 } }, wires: { w: { fps: 3 } } };
    const after = mergePatch(before, { nodes: { a: { fps: 9 } } }) as typeof before;
    expect(after.nodes.a).toEqual({ fps: 9 });
    expect(after.nodes.b).toBe(before.nodes.b);
    expect(after.wires).toBe(before.wires);
  });

  it("leave the state itself when they say what is there already", () => {
    const before = { nodes: { a: { fps: 1, list: [1, { b: 2 }] } } };
    expect(mergePatch(before, {})).toBe(before);
    expect(mergePatch(before, { nodes: { a: { fps: 1, list: [1, { b: 2 }] }, gone: null } })).toBe(before);
  });

  it("never reach a prototype", () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"a": 1}}') as Json;
    const merged = mergePatch({}, patch);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(merged).toHaveProperty("constructor", { a: 1 });
  });

  it("are refused when they are nested too deep", () => {
    const nest = (): Json => JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`) as Json;
    const deep = nest();
    expect(() => mergePatch({}, deep)).toThrow(TooDeep);
    expect(() => share({}, deep)).not.toThrow();
    expect(() => share(deep, nest())).toThrow(TooDeep);
  });
});

describe("sharing", () => {
  it("keeps every part of the old state that is equal in the fresh one", () => {
    const random = seeded(1);
    for (let round = 0; round < 200; round += 1) {
      const old = randomState(random);
      const same = JSON.parse(JSON.stringify(old)) as Json;
      expect(share(old, same)).toBe(old);
      const fresh = randomState(random);
      expect(share(old, fresh)).toEqual(fresh);
    }
  });
});
