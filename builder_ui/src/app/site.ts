/** What every page of Django's loads: the styles, and conveniences that a page also works without. */
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/site.css";
import "../styles/landing.css";
import "../styles/account.css";
import "../styles/team.css";
import "../styles/team_secrets.css";
import "../styles/editor_nodes.css";
import "../styles/marketplace.css";
import "../styles/marketplace_texts.css";
import "../styles/money.css";
import "../styles/api_docs.css";
import { serveApiDocs } from "./api_docs";
import { serveInstaller } from "./installing";
import { servePasskeys } from "./passkeys";

const YEAR_SECONDS = 31_536_000;
const COPIED_MILLISECONDS = 1500;
const SENDING_MILLISECONDS = 3000;

function switchTheme(): void {
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = (root.dataset["theme"] ?? (systemIsDark ? "dark" : "light")) === "dark";
  const theme = isDark ? "light" : "dark";
  root.dataset["theme"] = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

function copyText(button: HTMLElement): void {
  const text = document.getElementById(button.dataset["copy"] ?? "")?.textContent ?? "";
  void navigator.clipboard.writeText(text).then(() => {
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = label;
    }, COPIED_MILLISECONDS);
  });
}

function closeMenus(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.drop[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target);
  const confirming = target?.closest<HTMLElement>("[data-confirm]");
  if (confirming && !confirm(confirming.dataset["confirm"])) event.preventDefault();
  if (target?.closest("[data-theme-switch]")) switchTheme();
  if (target?.closest("[data-print]")) print();
  const copying = target?.closest<HTMLElement>("[data-copy]");
  if (copying) copyText(copying);
});

/** A second click does not send a form twice; what a form brought may leave the page there, so it can be sent again later. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset["sent"]) {
    event.preventDefault();
    return;
  }
  form.dataset["sent"] = "yes";
  setTimeout(() => {
    delete form.dataset["sent"];
  }, SENDING_MILLISECONDS);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector<HTMLDetailsElement>("details.drop[open]");
  if (open?.contains(document.activeElement)) open.querySelector("summary")?.focus();
  closeMenus(null);
});

// These need this program, so nobody sees them without it.
const NEEDING = "[data-theme-switch], [data-copy], [data-print]";
for (const element of document.querySelectorAll<HTMLElement>(NEEDING)) element.hidden = false;
servePasskeys();
// On a narrow window the tabs are wider than it; the present one is what people look for.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
serveApiDocs();
serveInstaller();
const chart = document.querySelector<HTMLElement>("[data-usage-chart]");
if (chart) {
  void import("../money/usage_chart").then(({ drawUsage }) => {
    drawUsage(chart);
  });
}
