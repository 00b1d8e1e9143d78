/** The page that installs components: sends a file in pieces, and shows how far each installation is. */

const API = "/api/v1/installations";
const LOOK_MILLISECONDS = 1000;
/** One installation is looked at for so long; then the page is loaded again by hand. */
const MOST_LOOKS = 3600;
const MEBIBYTE = 1024 * 1024;

type Shown = { id: string; state: string; offset: number; piece_bytes: number };

const WORDS: Readonly<Record<string, string>> = {
  waiting: "All of it is here. Waiting for a worker …",
  checking: "Checking manifest, texts and every size in it …",
  loading: "The engine takes the image in …",
};

/** Let the page's form send files, and follow what is under way. */
export function serveInstaller(page: Document = document): void {
  const installer = page.querySelector<HTMLElement>("[data-installer]");
  if (!installer) return;
  const zone = part(installer, "[data-drop]");
  const input = installer.querySelector<HTMLInputElement>("[data-file]");
  zone.hidden = false;
  input?.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) void install(installer, file);
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.dataset["over"] = "";
  });
  zone.addEventListener("dragleave", () => {
    delete zone.dataset["over"];
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    delete zone.dataset["over"];
    const file = event.dataTransfer?.files[0];
    if (file) void install(installer, file);
  });
  for (const row of page.querySelectorAll<HTMLElement>("[data-installation]")) {
    if (row.dataset["state"] !== "uploading") void follow(row.dataset["installation"] ?? "");
  }
}

async function install(installer: HTMLElement, file: File): Promise<void> {
  const [zone, progress, refusal] = ["[data-drop]", "[data-progress]", "[data-refusal]"].map((name) => part(installer, name));
  if (!zone || !progress || !refusal) return;
  zone.hidden = true;
  refusal.hidden = true;
  progress.hidden = false;
  try {
    const begun = await ask(API, "POST", JSON.stringify({ file_name: file.name, size: file.size, team: installer.dataset["team"] || null }));
    await send(file, begun, (sent) => {
      showSent(installer, sent, file.size);
    });
    await follow(begun.id, (state) => {
      part(installer, "[data-words]").textContent = WORDS[state] ?? "";
      installer.querySelector("[data-bar]")?.removeAttribute("value");
    });
  } catch (error) {
    refusal.textContent = error instanceof Error ? error.message : "It did not work. Try again.";
    refusal.hidden = false;
    progress.hidden = true;
    zone.hidden = false;
  }
}

/** Send what is not there yet, piece after piece; the server says where to go on. */
async function send(file: File, begun: Shown, tell: (sent: number) => void): Promise<void> {
  let offset = begun.offset;
  while (offset < file.size) {
    const piece = file.slice(offset, offset + begun.piece_bytes);
    const answer = await ask(`${API}/${begun.id}/content?offset=${String(offset)}`, "PUT", piece);
    if (answer.offset <= offset) throw new Error("The upload does not go on. Try again.");
    offset = answer.offset;
    tell(offset);
  }
}

/** Look until it is over, then show the page anew: what became of it stands in the list. */
async function follow(id: string, tell: (state: string) => void = () => undefined): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const { state } = await ask(`${API}/${id}`, "GET");
    if (state === "done" || state === "refused") {
      location.hash = id;
      location.reload();
      return;
    }
    tell(state);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
}

function showSent(installer: HTMLElement, sent: number, size: number): void {
  const bar = installer.querySelector<HTMLProgressElement>("[data-bar]");
  if (bar) bar.value = (100 * sent) / size;
  const words = `Uploading: ${(sent / MEBIBYTE).toFixed(0)} of ${(size / MEBIBYTE).toFixed(0)} MiB`;
  part(installer, "[data-words]").textContent = words;
}

async function ask(address: string, method: string, body?: string | Blob): Promise<Shown> {
  const token = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="))?.slice("csrftoken=".length) ?? "";
  const headers = {
    "X-CSRFToken": decodeURIComponent(token),
    "Content-Type": typeof body === "string" ? "application/json" : "application/octet-stream",
  };
  const answer = await fetch(address, { method, headers, credentials: "same-origin", ...(body === undefined ? {} : { body }) });
  const said = (await answer.json().catch(() => ({}))) as Partial<Shown & { title: string }>;
  if (!answer.ok) throw new Error(said.title ?? `The server answered ${String(answer.status)}. Try again.`);
  return said as Shown;
}

function part(installer: HTMLElement, name: string): HTMLElement {
  const found = installer.querySelector<HTMLElement>(name);
  if (!found) throw new Error(`The page has no ${name}; load it again.`);
  return found;
}
