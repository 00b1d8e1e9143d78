/** JSON merge patches (RFC 7396), sharing whatever stays equal: an entry that did not change keeps its identity. */

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Members = { [name: string]: Json };

// Deeper than anything that the server sends; a hostile patch cannot exhaust the stack.
const MAX_DEPTH = 32;

export class TooDeep extends Error {
  constructor() {
    super(`A patch may be nested at most ${MAX_DEPTH} levels deep`);
  }
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(members: Members, name: string): Json | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function without(members: Members, gone: string): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== gone));
}

/** The target with the patch applied (RFC 7396, section 2); the target itself is left as it is. */
export function mergePatch(target: Json | undefined, patch: Json, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (!isMembers(patch)) return target === undefined ? patch : share(target, patch, depth);
  const before: Members = isMembers(target) ? target : {};
  let after = before;
  for (const [name, value] of Object.entries(patch)) {
    // Assigned, it would set the prototype instead of a member.
    if (name === "__proto__") continue;
    if (value === null) {
      if (!Object.hasOwn(after, name)) continue;
      after = without(after, name);
      continue;
    }
    const old = member(before, name);
    const merged = mergePatch(old, value, depth + 1);
    if (merged === old) continue;
    if (after === before) after = { ...before };
    after[name] = merged;
  }
  return after;
}

/** The fresh value, made of the parts of the old one that are equal to it; the old one itself if all is. */
export function share(old: Json | undefined, fresh: Json, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (old === fresh || old === undefined) return fresh;
  if (Array.isArray(fresh)) return shareArray(old, fresh, depth);
  if (!isMembers(fresh) || !isMembers(old)) return fresh;
  const names = Object.keys(fresh);
  let same = names.length === Object.keys(old).length;
  const shared: Members = {};
  for (const name of names) {
    if (name === "__proto__") continue;
    const before = member(old, name);
    const value = share(before, fresh[name] ?? null, depth + 1);
    shared[name] = value;
    same &&= before !== undefined && value === before;
  }
  return same ? old : shared;
}

function shareArray(old: Json, fresh: Json[], depth: number): Json {
  if (!Array.isArray(old)) return fresh;
  const items = fresh.map((item, index) => share(old[index], item, depth + 1));
  return items.length === old.length && items.every((item, index) => item === old[index]) ? old : items;
}
