/** The name a person probably meant; every refusal of an unknown name offers it. Twin of components/contract/nearest.py. */

const LISTED = 12;
const CUTOFF = 0.55;
const MAX_COMPARED = 128;

/** The known name most like this one, or undefined where none is close. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: { score: number; name: string } | undefined;
  for (const each of known) {
    const bound = (2 * Math.min(each.length, name.length)) / (each.length + name.length);
    if (bound < CUTOFF || name.length > MAX_COMPARED) {
      continue;
    }
    const score = ratio(each, name);
    if (score >= CUTOFF && (!best || score > best.score || (score === best.score && each > best.name))) {
      best = { score, name: each };
    }
  }
  return best?.name;
}

/** What to do about an unknown name: the nearest one, else the names there are (the first dozen). */
export function advise(name: string, known: Iterable<string>): string {
  const names = [...known];
  const close = nearest(name, names);
  return close === undefined ? listed(names) : `Did you mean ${close}?`;
}

/** The same for `name@version`: it is the name that counts, so another version of it is nearest. */
export function adviseReference(reference: string, known: Iterable<string>): string {
  const newest = new Map<string, string>();
  for (const each of known) {
    newest.set(nameOf(each), each);
  }
  const name = nameOf(reference);
  const close = newest.has(name) ? name : nearest(name, newest.keys());
  return close === undefined ? listed([...newest.values()]) : `Did you mean ${newest.get(close) ?? close}?`;
}

function nameOf(reference: string): string {
  return reference.split("@", 1)[0] ?? "";
}

function listed(names: readonly string[]): string {
  if (names.length === 0) {
    return "There are none; remove it.";
  }
  const more = names.length > LISTED ? ", ..." : "";
  return `Known: ${names.slice(0, LISTED).join(", ")}${more}.`;
}

/** How alike two texts are, 0 to 1, as Python's difflib counts it: twice the characters in matching blocks. */
function ratio(one: string, other: string): number {
  const length = one.length + other.length;
  return length === 0 ? 1 : (2 * matching(one, other)) / length;
}

function matching(one: string, other: string): number {
  let total = 0;
  const left: [number, number, number, number][] = [[0, one.length, 0, other.length]];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const [fromOne, toOne, fromOther, toOther] = part;
    const block = longestMatch(one, other, part);
    if (block.size > 0) {
      total += block.size;
      left.push([fromOne, block.one, fromOther, block.other]);
      left.push([block.one + block.size, toOne, block.other + block.size, toOther]);
    }
  }
  return total;
}

/** The longest common run; of several the one that begins first in `one`, then in `other`. */
function longestMatch(
  one: string,
  other: string,
  [fromOne, toOne, fromOther, toOther]: readonly [number, number, number, number],
): { one: number; other: number; size: number } {
  let best = { one: fromOne, other: fromOther, size: 0 };
  let before = new Map<number, number>();
  for (let i = fromOne; i < toOne; i += 1) {
    const now = new Map<number, number>();
    for (let j = fromOther; j < toOther; j += 1) {
      if (one[i] === other[j]) {
        const size = (before.get(j - 1) ?? 0) + 1;
        now.set(j, size);
        if (size > best.size) {
          best = { one: i - size + 1, other: j - size + 1, size };
        }
      }
    }
    before = now;
  }
  return best;
}
