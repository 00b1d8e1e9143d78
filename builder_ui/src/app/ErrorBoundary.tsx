/** What is left when the editor itself fails: the drawn pipeline, to keep and to take away. */
import { Component, type ErrorInfo, type ReactNode } from "react";
import { toDocument } from "@/graph/document";
import { useDocument } from "@/stores/document";
import { keepUnsaved } from "@/stores/unsaved";

type State = { error: Error | null; copied: boolean };

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override readonly state: State = { error: null, copied: false };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const { team, slug, graph, common, revision } = useDocument.getState();
    if (graph !== common) {
      keepUnsaved({ team, slug }, { graph, common, revision, at: Date.now() });
    }
    console.error("The editor has failed.", error, info.componentStack);
  }

  override render(): ReactNode {
    const { error, copied } = this.state;
    if (error === null) {
      return this.props.children;
    }
    return (
      <main className="editor-refused" role="alert">
        <h1>The editor has failed</h1>
        <p>
          Your pipeline is kept in this tab: reload the page and bring it back. If that fails too, copy it as text; any
          pipeline takes it as &quot;Pipeline as text&quot;.
        </p>
        <pre className="editor-refused-reason">{error.message}</pre>
        <p>
          <button type="button" className="button button-primary" onClick={() => { window.location.reload(); }}>
            Reload
          </button>{" "}
          <button type="button" className="button" onClick={() => void copyGraph().then(() => { this.setState({ copied: true }); })}>
            {copied ? "Copied" : "Copy pipeline as text"}
          </button>
        </p>
      </main>
    );
  }
}

/** As JSON, which is YAML as well: no server is needed for it. */
function copyGraph(): Promise<void> {
  return navigator.clipboard.writeText(JSON.stringify(toDocument(useDocument.getState().graph), null, 2));
}
