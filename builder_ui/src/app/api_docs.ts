/** The page of the HTTP API: a search that hides what has not the words, and links that open what they lead to. */

/** Whether every word stands somewhere in the text. */
export function hasWords(text: string, sought: string): boolean {
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Start it where the page has a search box; on other pages nothing happens. */
export function serveApiDocs(): void {
  const form = document.querySelector<HTMLFormElement>("[data-api-search]");
  const input = form?.querySelector("input");
  if (!form || !input) {
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const found = document.querySelector<HTMLDetailsElement>("details[data-sought]:not([hidden])");
    if (found) {
      location.hash = found.id;
    }
  });
  input.addEventListener("input", () => {
    showFound(input.value.trim());
  });
  addEventListener("hashchange", openTarget);
  openTarget();
}

function showFound(sought: string): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-sought]")) {
    element.hidden = !hasWords(element.dataset["sought"] ?? "", sought);
  }
  for (const group of document.querySelectorAll<HTMLElement>("[data-api-group]")) {
    group.hidden = group.querySelector("[data-sought]:not([hidden])") === null;
  }
  const nothing = document.querySelector<HTMLElement>("[data-api-nothing]");
  if (nothing) {
    nothing.hidden = document.querySelector("details[data-sought]:not([hidden])") !== null;
  }
}

function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}
