import { expect, test } from "vitest";
import { isInSight } from "@/editor/views";

const canvas = { width: 800, height: 600 };
const node = { x: 100, y: 100, width: 220, height: 110 };

test("a node is in sight where all of it and some space around it is", () => {
  expect(isInSight(node, { x: 0, y: 0, zoom: 1 }, canvas)).toBe(true);
  expect(isInSight(node, { x: -90, y: 0, zoom: 1 }, canvas)).toBe(false);
  expect(isInSight(node, { x: 0, y: 400, zoom: 1 }, canvas)).toBe(false);
  expect(isInSight(node, { x: 500, y: 0, zoom: 0.8 }, canvas)).toBe(true);
  expect(isInSight(node, { x: 500, y: 0, zoom: 1 }, canvas)).toBe(false);
});

test("a node that is too small to be read is not in sight", () => {
  expect(isInSight(node, { x: 0, y: 0, zoom: 0.4 }, canvas)).toBe(false);
});
