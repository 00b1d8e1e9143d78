import { expect, test } from "vitest";
import { readColour } from "@/forms/ColourWidget";
import { imageAddress, refuseImage } from "@/forms/ImageWidget";
import { describeDefault, kindOf, type Parameter } from "@/forms/kinds";
import { describeBounds, readNumber, stepOf, stepped } from "@/forms/numbers";

const PLAIN: Parameter = {
  type: "string", default: null, minimum: null, maximum: null, multiple_of: null, max_length: null, enum: null, format: null,
  unit: "", title: "Plain", help: "", apply: "restart", secret: false, group: "", advanced: false, visible_if: null,
};

test.each([
  [{}, "text"],
  [{ format: "lines" as const }, "lines"],
  [{ format: "colour" as const }, "colour"],
  [{ format: "image" as const }, "image"],
  [{ secret: true }, "secret"],
  [{ secret: true, enum: ["a"] }, "secret"],
  [{ enum: ["a", "b"] }, "choice"],
  [{ type: "integer" as const }, "integer"],
  [{ type: "number" as const }, "number"],
  [{ type: "boolean" as const }, "switch"],
])("it draws %j as %s", (fields, kind) => {
  expect(kindOf({ ...PLAIN, ...fields })).toBe(kind);
});

test.each([["1.50", 1.5], ["0,5", 0.5], [" -3 ", -3], ["1e3", 1000], ["", ""], ["0x10", "0x10"], ["1 2", "1 2"], ["1e999", "1e999"]])(
  "it reads %j as %j",
  (text, value) => {
    expect(readNumber(text)).toBe(value);
  },
);

test("it steps a fraction without the noise of binary numbers", () => {
  const opacity: Parameter = { ...PLAIN, type: "number", minimum: 0, maximum: 1 };
  expect(stepOf(opacity)).toBe(0.01);
  expect(stepped(opacity, 0.29, 1)).toBe(0.3);
  expect(stepped(opacity, 0.99, 10)).toBe(1);
});

test("it says what a number may be", () => {
  expect(describeBounds({ ...PLAIN, type: "integer", minimum: 64, maximum: 1920, multiple_of: 2, unit: "px" })).toBe(
    "64 to 1920 px, in steps of 2",
  );
  expect(describeBounds({ ...PLAIN, type: "integer", minimum: 1 })).toBe("at least 1");
});

test("it says what the default is", () => {
  expect(describeDefault({ ...PLAIN, default: "" })).toBe("empty");
  expect(describeDefault({ ...PLAIN, type: "boolean", default: false })).toBe("off");
  expect(describeDefault({ ...PLAIN, type: "integer", default: 30, unit: "fps" })).toBe("30 fps");
});

test.each([["f80", "#ff8800"], ["#ABCDEF", "#abcdef"], ["abcdef", "#abcdef"], ["red", "red"], ["", ""]])("it reads the colour %j as %j", (text, colour) => {
  expect(readColour(text)).toBe(colour);
});

test("it refuses a picture that does not fit, and what is no picture", () => {
  expect(refuseImage({ type: "image/png", size: 30_000 }, 48_000)).toBeNull();
  expect(refuseImage({ type: "image/png", size: 40_000 }, 48_000)).toMatch(/36 kB/);
  expect(refuseImage({ type: "image/gif", size: 10 }, 48_000)).toMatch(/PNG, JPEG or WebP/);
});

test("it shows a picture with and without the head of its address", () => {
  expect(imageAddress("")).toBeNull();
  expect(imageAddress("aGk=")).toBe("data:image/png;base64,aGk=");
  expect(imageAddress("data:image/webp;base64,aGk=")).toBe("data:image/webp;base64,aGk=");
});
