import { describe, expect, it } from "vitest";
import { COMPONENTS, graphOf } from "@/graph/cases";
import { placeWords, sentenceAtField } from "@/graph/problem_words";
import { validate } from "@/graph/validate";

const graph = graphOf({ camera: "camera", effect: "effect" });
const saidOf = (parameter: string, value: number): string[] => {
  const wrong = { ...graph, nodes: { camera: { component: "camera@1.0.0", parameters: { [parameter]: value } } } };
  return validate(wrong, COMPONENTS).filter((each) => each.parameter === parameter).map(sentenceAtField);
};

describe("a problem at its field", () => {
  it("does not say again what the field is called", () => {
    expect(saidOf("width", 1_000_000)).toEqual([expect.stringMatching(/^1000000 is out of bounds; give a value from \d+ to \d+\.$/)]);
  });

  it("asks for a value where there is none", () => {
    const missing = { parameter: "text", message: "text has no value and no default.", remedy: "Give text a value." };
    expect(sentenceAtField(missing)).toBe("It has no value and no default: give it one.");
  });

  it("says the whole where the name is what is wrong, or no field is meant", () => {
    expect(saidOf("widht", 1)).toEqual([expect.stringContaining('has no parameter "widht". ')]);
    expect(sentenceAtField({ parameter: "", message: "Nothing is connected.", remedy: "Draw a wire." })).toBe("Nothing is connected. Draw a wire.");
  });
});

describe("the place of a problem", () => {
  const words = (node: string, port = "", parameter = "") => placeWords({ node, port, parameter }, graph, COMPONENTS);

  it("is called as on the canvas and in the form", () => {
    const title = COMPONENTS["camera@1.0.0"]?.parameters["width"]?.title;
    expect([words(""), words("effect"), words("effect", "video")]).toEqual(["pipeline", "effect", "effect.video"]);
    expect(words("camera", "", "width")).toBe(`camera · ${title ?? ""}`);
    expect(words("camera", "", "widht")).toBe("camera · widht");
  });
});
