/** Publish a camera, a microphone or the screen to an endpoint; or take its address elsewhere. */

import { Camera, Radio, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useNow } from "@/live/clock";
import { CaptureRefused, type Choice } from "@/preview/capture";
import { DeviceChoice } from "@/preview/DeviceChoice";
import { Elsewhere } from "@/preview/Elsewhere";
import { useEndpoint, useGatewayReady, useMayOpen, useRunWanted } from "@/preview/endpoints";
import { Publishing, type PublishView } from "@/preview/publishing";
import { followRates, type Rates } from "@/preview/rates";
import { RatesLine } from "@/preview/RatesLine";
import { lineOf, obstacleOf } from "@/preview/words";

const OFF: PublishView = { peer: { state: "off", reason: "" }, stream: null, publishing: false };

export function PublishPanel({ node }: { node: string }) {
  return <Publisher node={node} key={node} />;
}

function Publisher({ node }: { node: string }) {
  const endpoint = useEndpoint(node);
  const obstacle = obstacleOf({
    saved: endpoint !== undefined,
    wanted: useRunWanted(),
    ready: useGatewayReady(node),
  });
  const { view, rates, refusal, open, publishing } = usePublishing(node);
  const [choice, setChoice] = useState<Choice>({ source: "camera", camera: "", microphone: "" });
  const block = useMayOpen() ? obstacle : "Publishing is for operators and above. Ask an admin of the team.";
  const choose = (next: Choice): void => {
    setChoice(next);
    if (view.stream) void open(next);
  };
  return (
    <section className="preview" aria-label={`Publish to ${node}`}>
      <Viewfinder view={view} block={block} />
      {refusal && (
        <p className="notice notice-danger" role="alert">
          {refusal}
        </p>
      )}
      <DeviceChoice choice={choice} allowed={view.stream !== null} choose={choose} />
      <div className="preview-bar">
        {view.publishing || view.stream ? (
          <button
            type="button"
            className="button"
            onClick={() => {
              publishing.stop();
            }}
          >
            <Square size={14} aria-hidden /> {view.publishing ? "Stop publishing" : "Close"}
          </button>
        ) : (
          <button type="button" className="button" onClick={() => void open(choice)}>
            <Camera size={15} aria-hidden /> Preview
          </button>
        )}
        {!view.publishing && (
          <button
            type="button"
            className="button button-primary"
            aria-disabled={block !== ""}
            title={block || undefined}
            onClick={() => {
              if (!block) void open(choice, true);
            }}
          >
            <Radio size={15} aria-hidden /> Publish
          </button>
        )}
        <RatesLine rates={view.publishing ? rates : null} />
      </div>
      {endpoint && <Elsewhere endpoint={endpoint} />}
    </section>
  );
}

function usePublishing(node: string) {
  const [view, setView] = useState(OFF);
  const [rates, setRates] = useState<Rates | null>(null);
  const [refusal, setRefusal] = useState("");
  const [publishing] = useState(() => new Publishing(node, setView));
  useEffect(() => {
    publishing.revive();
    const forget = followRates(() => publishing.peer.connection, setRates);
    return () => {
      forget();
      publishing.dispose();
    };
  }, [publishing]);
  const open = async (choice: Choice, publish = false): Promise<void> => {
    setRefusal("");
    try {
      if (!publish || !publishing.isOpen) await publishing.open(choice);
      if (publish) publishing.start();
    } catch (error) {
      setRefusal(error instanceof CaptureRefused ? error.message : "The browser could not open it. Try again.");
    }
  };
  return { view, rates, refusal, open, publishing };
}

function Viewfinder({ view, block }: { view: PublishView; block: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const now = useNow(view.peer.state === "waiting");
  const { stream } = view;
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  const sending = view.peer.state === "connected";
  const line = lineOf(view.peer, now) || (stream ? "" : block || "Nothing is published from here.");
  return (
    <div className="preview-screen" data-state={sending ? "playing" : view.peer.state}>
      <video ref={video} autoPlay playsInline muted aria-label="What is published" hidden={!stream} />
      {sending && (
        <span className="preview-live" role="status">
          Publishing
        </span>
      )}
      {!sending && line && (
        <p className="preview-word" role="status">
          {line}
        </p>
      )}
    </div>
  );
}
