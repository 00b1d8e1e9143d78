/** Opens the pipeline that the page names, and follows it until the page is left. */
import { useEffect, useState } from "react";
import type { Boot } from "@/api/boot";
import { getPipeline, listComponents } from "@/api/client";
import { sentenceOf } from "@/api/problem";
import { addFromAddress } from "@/editor/adding";
import { Editor } from "@/editor/Editor";
import { byReference } from "@/graph/components";
import { connectLive } from "@/live/connect";
import { load } from "@/stores/document";
import { startSaving } from "@/stores/saving";
import { followSecrets } from "@/stores/secrets";

type Opening = { is: "opening" } | { is: "open" } | { is: "refused"; reason: string };

export function App({ boot }: { boot: Boot }) {
  const [opening, setOpening] = useState<Opening>({ is: "opening" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let close: (() => void) | null = null;
    let isLeft = false;
    Promise.all([getPipeline(boot), listComponents(boot.team)]).then(
      ([pipeline, components]) => {
        if (!isLeft) {
          close = follow(boot, () => {
            load(pipeline, byReference(components));
          });
          setOpening({ is: "open" });
        }
      },
      (error: unknown) => {
        if (!isLeft) {
          setOpening({ is: "refused", reason: sentenceOf(error) });
        }
      },
    );
    return () => {
      isLeft = true;
      close?.();
    };
  }, [boot, attempt]);
  switch (opening.is) {
    case "opening":
      return <p className="editor-opening" role="status">Opening the pipeline …</p>;
    case "open":
      return <Editor boot={boot} />;
    case "refused":
      return (
        <main className="editor-refused">
          <h1>The pipeline cannot be opened</h1>
          <p className="notice notice-danger">{opening.reason}</p>
          <p>
            <button
              type="button"
              className="button button-primary"
              onClick={() => {
                setOpening({ is: "opening" });
                setAttempt(attempt + 1);
              }}
            >
              Try again
            </button>{" "}
            <a className="button" href={boot.pipelines}>
              All pipelines
            </a>
          </p>
        </main>
      );
  }
}

function follow(boot: Boot, open: () => void): () => void {
  open();
  const stopSaving = startSaving();
  const stopLive = connectLive(boot.live);
  const stopSecrets = followSecrets();
  addFromAddress();
  return () => {
    stopSecrets();
    stopLive();
    stopSaving();
  };
}
