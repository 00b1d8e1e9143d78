/** The whole editor of one open pipeline. */
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense } from "react";
import type { Boot } from "@/api/boot";
import { Canvas } from "@/editor/Canvas";
import { useCommands } from "@/editor/commands";
import { Drawer } from "@/editor/Drawer";
import { useMayEdit } from "@/editor/editing";
import { Inspector } from "@/editor/Inspector";
import { useShortcuts } from "@/editor/listening";
import { NodePicker } from "@/editor/NodePicker";
import { Notices } from "@/editor/Notices";
import { Carried, Palette } from "@/editor/Palette";
import { SaveNotices } from "@/editor/SaveNotices";
import { TopBar } from "@/editor/TopBar";
import { useWorkspace } from "@/editor/workspace";
import { RunNotice } from "@/live/RunNotice";

const TextDialog = lazy(() => import("@/editor/dialogs/TextDialog"));
const CheatSheet = lazy(() => import("@/editor/dialogs/CheatSheet"));
const ConflictDialog = lazy(() => import("@/editor/dialogs/ConflictDialog"));
const SettingsDialog = lazy(() => import("@/editor/dialogs/SettingsDialog"));
const VersionsDialog = lazy(() => import("@/editor/dialogs/VersionsDialog"));
const ArchiveDialog = lazy(() => import("@/editor/dialogs/ArchiveDialog"));
const ConnectDialog = lazy(() => import("@/editor/ConnectDialog"));

export function Editor({ boot }: { boot: Boot }) {
  return (
    <ReactFlowProvider>
      <Rooms boot={boot} />
    </ReactFlowProvider>
  );
}

function Rooms({ boot }: { boot: Boot }) {
  const commands = useCommands();
  const mayEdit = useMayEdit();
  useShortcuts(commands);
  return (
    <div className="editor">
      <TopBar boot={boot} commands={commands} />
      <section className="editor-notices" aria-label="Notices">
        <RunNotice />
        <SaveNotices />
      </section>
      <div className="editor-rooms">
        {mayEdit && <Palette />}
        <div className="editor-middle">
          <Canvas />
          <Drawer />
        </div>
        <Inspector />
      </div>
      <NodePicker />
      <Carried />
      <Dialogs boot={boot} />
      <Notices />
    </div>
  );
}

function Dialogs({ boot }: { boot: Boot }) {
  const dialog = useWorkspace((workspace) => workspace.dialog);
  const connecting = useWorkspace((workspace) => workspace.connecting);
  return (
    <Suspense>
      {dialog === "text" && <TextDialog />}
      {dialog === "cheatSheet" && <CheatSheet />}
      {dialog === "conflict" && <ConflictDialog />}
      {dialog === "settings" && <SettingsDialog />}
      {dialog === "versions" && <VersionsDialog />}
      {dialog === "archive" && <ArchiveDialog pipelines={boot.pipelines} />}
      {connecting !== null && <ConnectDialog node={connecting} />}
    </Suspense>
  );
}
