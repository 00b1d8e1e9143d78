/** What every page of Django's loads: the styles, and conveniences that a page also works without. */
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/site.css";
import "../styles/landing.css";
import "../styles/team.css";
import "../styles/marketplace.css";
import "../styles/money.css";

const YEAR_SECONDS = 31_536_000;
const COPIED_MILLISECONDS = 1500;

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
  const copying = target?.closest<HTMLElement>("[data-copy]");
  if (copying) copyText(copying);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector<HTMLDetailsElement>("details.drop[open]");
  if (open?.contains(document.activeElement)) open.querySelector("summary")?.focus();
  closeMenus(null);
});

// These need this program, so nobody sees them without it.
for (const element of document.querySelectorAll<HTMLElement>("[data-theme-switch], [data-copy]")) element.hidden = false;
