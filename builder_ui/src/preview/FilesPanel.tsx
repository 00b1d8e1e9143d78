/** Files that the newest run has written: how large, whether whole, to play and to download. */

import { Download, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { addressOf } from "@/api/client";
import { formatBytes } from "@/live/format";
import type { LiveArtifact } from "@/live/state";
import { useDocument } from "@/stores/document";
import { useArtifacts, useRun } from "@/stores/live";

/** More rows help nobody; the rest is there through the API. */
const MAX_ROWS = 200;

/** The files of one node, or of all. */
export function FilesPanel({ node }: { node?: string }) {
  const artifacts = useArtifacts();
  const run = useRun();
  const [played, setPlayed] = useState<{ name: string; href: string; sound: boolean } | null>(null);
  const files = Object.entries(artifacts)
    .filter(([, file]) => node === undefined || file.node === node)
    .sort(([, one], [, other]) => one.node.localeCompare(other.node) || one.attempt - other.attempt || byPart(one.name, other.name));
  if (!run || files.length === 0) {
    return <p className="panel-empty">No files yet. What a recorder writes in a run is listed here, to play and download.</p>;
  }
  return (
    <section className="files-panel" aria-label="Files">
      <ul className="files">
        {files.slice(0, MAX_ROWS).map(([id, file]) => (
          <FileRow key={id} id={id} file={file} run={run.id} withNode={node === undefined} play={setPlayed} />
        ))}
      </ul>
      {hasParts(files) && (
        <p className="help">A recorder begins another file when the size of the picture changes, and when it starts again.</p>
      )}
      {files.length > MAX_ROWS && <p className="help">{files.length - MAX_ROWS} more are not shown.</p>}
      {played && (
        <Playback
          {...played}
          close={() => {
            setPlayed(null);
          }}
        />
      )}
    </section>
  );
}

/** Whether one node has written several. */
function hasParts(files: readonly (readonly [string, LiveArtifact])[]): boolean {
  return new Set(files.map(([, { node }]) => node)).size < files.length;
}

/** `recording.mp4` before `recording-2.mp4`, and that before `recording-10.mp4`. */
function byPart(one: string, other: string): number {
  return trunkOf(one).localeCompare(trunkOf(other), undefined, { numeric: true });
}

function trunkOf(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}

function stateOf(file: LiveArtifact): { word: string; tone: string } {
  if (!file.closed) return { word: "being written", tone: "accent" };
  return file.complete ? { word: "complete", tone: "success" } : { word: "cut short", tone: "warning" };
}

type RowProps = {
  id: string;
  file: LiveArtifact;
  run: string;
  withNode: boolean;
  play: (played: { name: string; href: string; sound: boolean }) => void;
};

function FileRow({ id, file, run, withNode, play }: RowProps) {
  const team = useDocument((store) => store.team);
  const slug = useDocument((store) => store.slug);
  const href = addressOf({ team, slug }, "runs", run, "artifacts", id);
  const { word, tone } = stateOf(file);
  const sound = file.media_type.startsWith("audio/");
  return (
    <li className="file">
      <span className="file-name" title={file.name}>
        {file.name}
      </span>
      <span className="file-facts">
        {withNode && <span>{file.node}</span>}
        <span>{formatBytes(file.bytes)}</span>
        <span className="badge" data-tone={tone}>
          {word}
        </span>
      </span>
      <span className="file-actions">
        {file.closed && (sound || file.media_type.startsWith("video/")) && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Play ${file.name}`}
            title="Play"
            onClick={() => {
              play({ name: file.name, href, sound });
            }}
          >
            <Play size={16} aria-hidden />
          </button>
        )}
        {file.closed && (
          <a className="icon-button" href={`${href}?download=1`} download={file.name} aria-label={`Download ${file.name}`} title="Download">
            <Download size={16} aria-hidden />
          </a>
        )}
      </span>
    </li>
  );
}

type PlaybackProps = { name: string; href: string; sound: boolean; close: () => void };

function Playback({ name, href, sound, close }: PlaybackProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const fail = (): void => {
    setBroken(true);
  };
  return (
    <dialog className="dialog playback" ref={dialog} onClose={close} aria-label={`Play ${name}`}>
      <h2>{name}</h2>
      {sound ? (
        <audio src={href} controls autoPlay onError={fail} />
      ) : (
        <video src={href} controls autoPlay playsInline onError={fail} />
      )}
      {broken && (
        <p className="notice notice-danger" role="alert">
          This browser cannot play it, or it is gone. Download it and play it in another program.
        </p>
      )}
      <form method="dialog" className="playback-bar">
        <a className="button" href={`${href}?download=1`} download={name}>
          <Download size={15} aria-hidden /> Download
        </a>
        <button type="submit" className="button button-primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
