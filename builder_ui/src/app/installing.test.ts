// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { serveInstaller } from "./installing";

const PAGE = `
  <section data-installer data-team="studio">
    <label data-drop hidden><input type="file" data-file></label>
    <div data-progress hidden><p data-words></p><progress data-bar max="100" value="0"></progress></div>
    <p data-refusal hidden></p>
  </section>
  <ul><li data-installation="old" data-state="waiting"></li></ul>`;

type Asked = { method: string; address: string; body: unknown; type: string | null };
let asked: Asked[];
let states: string[];

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

function drop(file: File): void {
  const event = new Event("drop", { cancelable: true }) as DragEvent;
  Object.defineProperty(event, "dataTransfer", { value: { files: [file] } });
  find("[data-drop]").dispatchEvent(event);
}

function answer(address: string): unknown {
  if (address.includes("/content?offset=")) {
    const offset = Math.min(Number(address.split("=")[1]) + 4, 10);
    return { id: "new", state: offset === 10 ? "waiting" : "uploading", offset, piece_bytes: 4 };
  }
  return { id: "new", state: address.endsWith("/installations") ? "uploading" : (states.shift() ?? "done"), offset: 0, piece_bytes: 4 };
}

beforeEach(() => {
  asked = [];
  states = ["checking", "done"];
  document.body.innerHTML = PAGE;
  document.cookie = "csrftoken=t%20oken";
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (address: string, { method = "GET", headers, body }: RequestInit = {}) => {
    asked.push({ method, address, body, type: new Headers(headers).get("Content-Type") });
    return Promise.resolve(Response.json(answer(address)));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the page that installs", () => {
  it("sends_a_dropped_file_in_pieces_and_follows_it", async () => {
    find("[data-installation]").remove();
    serveInstaller();
    expect(find("[data-drop]").hidden).toBe(false);

    drop(new File(["0123456789"], "mirror.tar"));
    await vi.advanceTimersByTimeAsync(100);

    const [begun, ...rest] = asked;
    expect(JSON.parse(begun?.body as string)).toEqual({ file_name: "mirror.tar", size: 10, team: "studio" });
    const pieces = rest.filter(({ method }) => method === "PUT");
    expect(pieces.map(({ address }) => address.split("offset=")[1])).toEqual(["0", "4", "8"]);
    expect(pieces.map(({ body }) => (body as Blob).size)).toEqual([4, 4, 2]);
    expect(pieces[0]?.type).toBe("application/octet-stream");
    expect(find("[data-words]").textContent).toContain("Checking");
    await vi.advanceTimersByTimeAsync(1500);
    expect(location.hash).toBe("#new");
  });

  it("shows_what_the_server_refuses_and_lets_try_again", async () => {
    find("[data-installation]").remove();
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ title: "The disk is full." }, { status: 422 })));
    serveInstaller();

    drop(new File(["x"], "mirror.tar"));
    await vi.advanceTimersByTimeAsync(10);

    expect([find("[data-refusal]").textContent, find("[data-refusal]").hidden]).toEqual(["The disk is full.", false]);
    expect([find("[data-drop]").hidden, find("[data-progress]").hidden]).toEqual([false, true]);
  });

  it("follows_what_was_under_way_before", async () => {
    serveInstaller();
    await vi.advanceTimersByTimeAsync(2500);

    expect(asked.map(({ method, address }) => `${method} ${address}`)).toContain("GET /api/v1/installations/old");
    expect(location.hash).toBe("#old");
  });

  it("leaves_other_pages_alone", () => {
    document.body.innerHTML = "<p>hello</p>";

    serveInstaller();

    expect(asked).toEqual([]);
  });
});
