import { expect, test } from "vitest";
import { type Box, type Ends, hasRoom, LABEL, placeBeforeInput, placeBeside } from "@/editor/label_places";

const FIRST = { atInput: 0, between: 0 };
const camera: Box = { x: 0, y: 0, width: 220, height: 110 };
const ends = (gap: number, drop = 0): Ends => ({
  source: { x: 220, y: 60 },
  target: { x: 220 + gap, y: 60 + drop },
  middle: { x: 220 + gap / 2, y: 60 + drop / 2 },
});

test("a label has room where it and a port fit between the nodes", () => {
  expect([90, 180].map((gap) => hasRoom(ends(gap)))).toEqual([true, true]);
  expect([-50, 0, 60, 80].map((gap) => hasRoom(ends(gap)))).toEqual([false, false, false, false]);
});

test("it stands at the height of the input, and covers neither node nor port of it", () => {
  for (const gap of [90, 120, 400]) {
    const { x, y } = placeBeforeInput(ends(gap, 30), FIRST);
    expect(y).toBe(90);
    expect(x - LABEL.width / 2).toBeGreaterThanOrEqual(220);
    expect(x + LABEL.width / 2).toBeLessThanOrEqual(220 + gap - 5);
  }
});

test("wires that end at one input have their labels in a row, as far as there is room", () => {
  const places = [0, 1, 2, 3].map((atInput) => placeBeforeInput(ends(260), { atInput, between: 0 }).x);
  expect(places).toEqual([434, 354, 274, 274]);
});

test("without room it stands in the middle of the line where no node is", () => {
  const below: Box = { x: 40, y: 300, width: 220, height: 110 };
  const { middle, ...rest } = ends(-180, 150);
  expect(placeBeside({ ...rest, middle: { ...middle, y: 200 } }, FIRST, [camera, below])).toEqual({ x: 130, y: 200 });
});

test("else it stands above both nodes, one above the other where two wires join them", () => {
  const near: Box = { x: 270, y: -40, width: 220, height: 110 };
  const [first, second] = [0, 1].map((between) => placeBeside(ends(50), { atInput: 0, between }, [camera, near]));
  expect(first).toEqual({ x: 245, y: -58 });
  expect(second).toEqual({ x: 245, y: -58 - LABEL.height });
});
