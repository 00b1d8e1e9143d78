/** What is needed now and then: text, settings, versions, tidy, theme, keys, archive. */
import { Archive, Braces, History, Keyboard, LayoutGrid, List, Menu, Settings, SunMoon } from "lucide-react";
import { type ReactNode, useRef } from "react";
import type { Commands } from "@/editor/commands";
import { useMayEdit } from "@/editor/editing";
import { openDialog, openDrawer } from "@/editor/workspace";

const YEAR_SECONDS = 31_536_000;

export function EditorMenu({ commands }: { commands: Commands }) {
  const mayEdit = useMayEdit();
  const menu = useRef<HTMLDivElement>(null);
  const item = (icon: ReactNode, title: string, act: () => void): ReactNode => (
    <button
      type="button"
      onClick={() => {
        menu.current?.hidePopover();
        act();
      }}
    >
      {icon} {title}
    </button>
  );
  return (
    <>
      <button type="button" className="icon-button" aria-label="Menu" popoverTarget="editor-menu">
        <Menu size={18} aria-hidden />
      </button>
      <div ref={menu} id="editor-menu" className="menu editor-menu" popover="auto">
        {item(<Braces size={16} aria-hidden />, "Pipeline as text…", () => { openDialog("text"); })}
        {item(<Settings size={16} aria-hidden />, "Name and description…", () => { openDialog("settings"); })}
        {item(<History size={16} aria-hidden />, "Versions…", () => { openDialog("versions"); })}
        {mayEdit && item(<LayoutGrid size={16} aria-hidden />, "Tidy up", commands.tidy)}
        {item(<List size={16} aria-hidden />, "Outline", () => { openDrawer("outline"); })}
        <hr />
        {item(<SunMoon size={16} aria-hidden />, "Light or dark", switchTheme)}
        {item(<Keyboard size={16} aria-hidden />, "Keyboard…", () => { openDialog("cheatSheet"); })}
        {mayEdit && <hr />}
        {mayEdit && item(<Archive size={16} aria-hidden />, "Archive…", () => { openDialog("archive"); })}
      </div>
    </>
  );
}

/** As on the other pages: kept in a cookie, so that the server draws the next page right at once. */
function switchTheme(): void {
  const root = document.documentElement;
  const systemIsDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = (root.dataset["theme"] ?? (systemIsDark ? "dark" : "light")) === "dark";
  const theme = isDark ? "light" : "dark";
  root.dataset["theme"] = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${String(YEAR_SECONDS)}; samesite=lax`;
}
