/** The editor's entry: reads what the page says and draws it. */
import "@xyflow/react/dist/base.css";
import "@/styles/live.css";
import "@/styles/live_panels.css";
import "@/styles/editor.css";
import "@/styles/editor_canvas.css";
import "@/styles/editor_nodes.css";
import "@/styles/editor_panels.css";
import "@/styles/editor_drawer.css";
import "@/styles/editor_forms.css";
import "@/styles/editor_dialogs.css";
import "@/styles/editor_versions.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { readBoot } from "@/api/boot";
import { App } from "@/app/App";
import { ErrorBoundary } from "@/app/ErrorBoundary";

const root = document.getElementById("editor");
if (root) {
  const boot = readBoot();
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <App boot={boot} />
      </ErrorBoundary>
    </StrictMode>,
  );
}
