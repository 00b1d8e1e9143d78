// @vitest-environment jsdom
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

const PAGE = `
  <button data-theme-switch hidden>theme</button>
  <form><button id="archive" data-confirm="Archive it?">Archive</button></form>
  <code id="command">make setup</code><button id="copy" data-copy="command" hidden>Copy</button><button id="print" data-print hidden>Print</button>
  <details class="drop" id="first"><summary>first</summary><a href="#there">in it</a></details>
  <details class="drop" id="second"><summary>second</summary></details>`;

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

function press(selector: string): boolean {
  return find(selector).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
}

beforeAll(async () => {
  document.body.innerHTML = PAGE;
  await import("./site");
});

beforeEach(() => {
  delete document.documentElement.dataset["theme"];
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("what a page of the site can do with a program", () => {
  it("shows_what_needs_it", () => {
    expect(find("[data-theme-switch]").hidden).toBe(false);
    expect(find("#copy").hidden).toBe(false);
  });

  it.each([
    [true, "light"],
    [false, "dark"],
  ])("turns_the_theme_of_the_system_over_and_remembers_it", (systemIsDark, theme) => {
    vi.stubGlobal("matchMedia", () => ({ matches: systemIsDark }));
    press("[data-theme-switch]");

    expect(document.documentElement.dataset["theme"]).toBe(theme);
    expect(document.cookie).toContain(`theme=${theme}`);
  });

  it("asks_before_what_is_hard_to_undo", () => {
    const asked = vi.fn<(question: string) => boolean>().mockReturnValueOnce(false).mockReturnValueOnce(true);
    vi.stubGlobal("confirm", asked);
    find("form").addEventListener("submit", (event) => {
      event.preventDefault();
    });

    expect(press("#archive")).toBe(false);
    expect(press("#archive")).toBe(true);
    expect(asked).toHaveBeenCalledWith("Archive it?");
  });

  it("sends_a_form_once_for_two_clicks_and_again_later", () => {
    vi.useFakeTimers();
    const form = document.createElement("form");
    form.method = "post";
    document.body.append(form);
    const send = (): boolean => form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));

    expect([send(), send()]).toEqual([true, false]);
    vi.advanceTimersByTime(3000);
    expect(send()).toBe(true);
    form.remove();
    vi.useRealTimers();
  });

  it("prints_the_page", () => {
    const printed = vi.fn<() => void>();
    vi.stubGlobal("print", printed);
    expect(find("#print").hidden).toBe(false);
    press("#print");

    expect(printed).toHaveBeenCalledOnce();
  });

  it("copies_the_text_that_a_button_names_and_says_so", async () => {
    const write = vi.fn<(text: string) => Promise<void>>().mockResolvedValue();
    vi.stubGlobal("navigator", { clipboard: { writeText: write } });
    press("#copy");

    await vi.waitFor(() => {
      expect(find("#copy").textContent).toBe("Copied");
    });
    expect(write).toHaveBeenCalledWith("make setup");
  });

  it("closes_a_menu_when_something_else_or_escape_is_pressed", () => {
    const [first, second] = [find("#first"), find("#second")];
    first.setAttribute("open", "");
    press("#first a");
    expect(first.hasAttribute("open")).toBe(true);

    second.setAttribute("open", "");
    press("#second summary");
    expect(first.hasAttribute("open")).toBe(false);

    first.setAttribute("open", "");
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(document.querySelectorAll("details[open]")).toHaveLength(0);
  });
});
