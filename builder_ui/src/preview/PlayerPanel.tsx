/** Watch an endpoint in the page: plays by itself while the run is ready, says why when it does not. */

import { Maximize, PictureInPicture2, Play, Square, Volume2, VolumeX } from "lucide-react";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useNow } from "@/live/clock";
import { Elsewhere } from "@/preview/Elsewhere";
import { useEndpoint, useGatewayReady, useMayOpen, useRunWanted } from "@/preview/endpoints";
import type { PeerView } from "@/preview/peer";
import { followRates, type Rates } from "@/preview/rates";
import { RatesLine } from "@/preview/RatesLine";
import { Watching } from "@/preview/watching";
import { lineOf, obstacleOf } from "@/preview/words";

export function PlayerPanel({ node }: { node: string }) {
  return <Player node={node} key={node} />;
}

function Player({ node }: { node: string }) {
  const endpoint = useEndpoint(node);
  const ready = useGatewayReady(node);
  const wanted = useRunWanted();
  const [wish, setWish] = useState(true);
  const { view, watching, rates } = useWatching(node);
  const mayOpen = useMayOpen();
  const obstacle = obstacleOf({ saved: endpoint !== undefined, wanted, ready });
  useEffect(() => {
    if (wish && ready && mayOpen) watching.start();
    return () => {
      watching.stop();
    };
  }, [wish, ready, mayOpen, watching]);
  const active = view.state !== "off" && view.state !== "refused";
  return (
    <section className="preview" aria-label={`Player of ${node}`}>
      <Screen watching={watching} view={view} obstacle={mayOpen ? obstacle : WATCHERS} rates={rates} />
      <div className="preview-bar">
        {active ? (
          <button
            type="button"
            className="button"
            onClick={() => {
              setWish(false);
              watching.stop();
            }}
          >
            <Square size={14} aria-hidden /> Stop
          </button>
        ) : (
          <button
            type="button"
            className="button button-primary"
            aria-disabled={obstacle !== "" || !mayOpen}
            onClick={() => {
              if (obstacle !== "" || !mayOpen) return;
              if (wish) watching.start();
              setWish(true);
            }}
          >
            <Play size={14} aria-hidden /> Play
          </button>
        )}
        <RatesLine rates={active ? rates : null} />
      </div>
      {endpoint && <Elsewhere endpoint={endpoint} />}
    </section>
  );
}

const WATCHERS = "Watching is for operators and above. Ask an admin of the team.";

function useWatching(node: string): { view: PeerView; watching: Watching; rates: Rates | null } {
  const [view, setView] = useState<PeerView>({ state: "off", reason: "" });
  const [rates, setRates] = useState<Rates | null>(null);
  const [watching] = useState(() => new Watching(node, setView));
  useEffect(() => followRates(() => watching.peer.connection, setRates), [watching]);
  return { view, watching, rates };
}

type ScreenProps = { watching: Watching; view: PeerView; obstacle: string; rates: Rates | null };

function Screen({ watching, view, obstacle, rates }: ScreenProps) {
  const frame = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [muted, setMuted] = useState(true);
  const [picture, setPicture] = useState(false);
  const now = useNow(view.state === "waiting");
  const playing = view.state === "connected" && picture;
  useEffect(() => {
    if (video.current) video.current.srcObject = watching.stream;
  }, [watching]);
  useSeen(frame, watching);
  const silent = rates && rates.fps === 0 && rates.kbps > 1 ? "Connected: sound, but no picture" : "Connected; waiting for a picture";
  const line = view.state === "connected" ? silent : lineOf(view, now) || obstacle;
  return (
    <div className="preview-screen" ref={frame} data-state={playing ? "playing" : view.state}>
      <video
        ref={video}
        autoPlay
        playsInline
        muted={muted}
        aria-label="Picture of the pipeline"
        onPlaying={() => {
          setPicture(true);
        }}
        onEmptied={() => {
          setPicture(false);
        }}
      />
      {!playing && (
        <p className="preview-word" role="status">
          {line || "Stopped"}
        </p>
      )}
      {playing && (
        <div className="preview-tools">
          <Tool
            label={muted ? "Sound on" : "Sound off"}
            icon={muted ? <VolumeX size={16} aria-hidden /> : <Volume2 size={16} aria-hidden />}
            act={() => {
              setMuted(!muted);
            }}
          />
          {document.pictureInPictureEnabled && (
            <Tool label="Picture in picture" icon={<PictureInPicture2 size={16} aria-hidden />} act={() => toggleWindow(video.current)} />
          )}
          <Tool label="Full screen" icon={<Maximize size={16} aria-hidden />} act={() => toggleFull(frame.current)} />
        </div>
      )}
    </div>
  );
}

/** Folded away or scrolled out, it counts as hidden. */
function useSeen(frame: RefObject<HTMLElement | null>, watching: Watching): void {
  useEffect(() => {
    const place = frame.current;
    if (!place) return undefined;
    const observer = new IntersectionObserver((entries) => {
      watching.setSeen(entries.at(-1)?.isIntersecting ?? true);
    });
    observer.observe(place);
    return () => {
      observer.disconnect();
    };
  }, [frame, watching]);
}

type ToolProps = { label: string; icon: ReactNode; act: () => unknown };

function Tool({ label, icon, act }: ToolProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => {
        // The browser may refuse; then nothing changes, which is what is seen.
        void Promise.resolve(act()).catch(() => undefined);
      }}
    >
      {icon}
    </button>
  );
}

async function toggleWindow(video: HTMLVideoElement | null): Promise<void> {
  if (document.pictureInPictureElement) await document.exitPictureInPicture();
  else await video?.requestPictureInPicture();
}

async function toggleFull(frame: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await frame?.requestFullscreen();
}
