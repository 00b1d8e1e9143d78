// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { hasWords, serveApiDocs } from "./api_docs";

const PAGE = `
  <form data-api-search hidden><input type="search"></form>
  <div data-api-group id="runs"><a data-sought="post start run" id="link">Start run</a>
    <details data-sought="post start run" id="start_run"></details></div>
  <div data-api-group id="teams"><details data-sought="get list teams" id="list_teams"></details></div>
  <p data-api-nothing hidden></p>`;

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
};
const seek = (text: string): void => {
  const input = document.querySelector("input");
  if (input) {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  }
};

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
  document.body.innerHTML = PAGE;
  location.hash = "";
  serveApiDocs();
});

describe("the page of the API", () => {
  it("hides what has not every word, and groups that have nothing left", () => {
    seek("  RUN start ");
    expect([element("start_run").hidden, element("list_teams").hidden]).toEqual([false, true]);
    expect([element("runs").hidden, element("teams").hidden]).toEqual([false, true]);
    seek("nobody");
    expect(document.querySelector<HTMLElement>("[data-api-nothing]")?.hidden).toBe(false);
    seek("");
    expect(document.querySelectorAll("[hidden]")).toHaveLength(1);
  });

  it("opens what a link leads to, and Enter leads to the first that was found", async () => {
    seek("teams");
    document.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    expect(location.hash).toBe("#list_teams");
    await new Promise((resolve) => setTimeout(resolve));
    expect((element("list_teams") as HTMLDetailsElement).open).toBe(true);
  });

  it("looks for words in any order", () => {
    expect(hasWords("post /runs start run", "run post")).toBe(true);
    expect(hasWords("post /runs start run", "run stop")).toBe(false);
  });
});
