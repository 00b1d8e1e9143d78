/** Below the canvas: what is wrong, the pipeline as a list, and the files of the run. */
import { X } from "lucide-react";
import { Outline } from "@/editor/Outline";
import { ProblemList } from "@/editor/ProblemList";
import { type DrawerTab, openDrawer, useWorkspace } from "@/editor/workspace";
import { FilesPanel } from "@/preview/FilesPanel";
import { useDocument } from "@/stores/document";

const TABS: readonly { id: DrawerTab; title: string }[] = [
  { id: "problems", title: "Problems" },
  { id: "outline", title: "Outline" },
  { id: "files", title: "Files" },
];

export function Drawer() {
  const drawer = useWorkspace((workspace) => workspace.drawer);
  const count = useDocument((store) => store.problems.length);
  return (
    <section className="drawer" aria-label="Problems, outline and files" data-open={drawer !== null}>
      <div className="drawer-bar">
        {TABS.map(({ id, title }) => (
          <button key={id} type="button" className="drawer-tab" aria-expanded={drawer === id} onClick={() => { openDrawer(drawer === id ? null : id); }}>
            {title}
            {id === "problems" && count > 0 && <span className="badge" data-tone="danger">{count}</span>}
          </button>
        ))}
        <div className="topbar-gap" />
        {drawer !== null && (
          <button type="button" className="icon-button" aria-label="Close" onClick={() => { openDrawer(null); }}>
            <X size={16} aria-hidden />
          </button>
        )}
      </div>
      {drawer !== null && (
        <div className="drawer-body">
          {drawer === "problems" && <ProblemList />}
          {drawer === "outline" && <Outline />}
          {drawer === "files" && <FilesPanel />}
        </div>
      )}
    </section>
  );
}
