/** How to publish or watch without this page: the address, tokens for it, and the steps in the usual programs. */

import type { Endpoint } from "@/api/types";
import { useState } from "react";
import { CopyField } from "@/preview/CopyField";
import { useMayOpen } from "@/preview/endpoints";
import { TokensPanel } from "@/preview/TokensPanel";

function Publish({ endpoint }: { endpoint: Endpoint }) {
  return (
    <>
      <h4>OBS Studio 30 or newer</h4>
      <ol>
        <li>Settings, Stream: choose the service WHIP.</li>
        <li>Server: the address. Bearer Token: a token made above.</li>
        <li>Output: x264 or another H.264 encoder, keyframe interval 2 s, profile baseline, no B-frames (bf=0).</li>
        <li>Start Streaming, once the run is ready.</li>
      </ol>
      <h4>GStreamer 1.22 or newer (gst-plugins-rs)</h4>
      <pre className="elsewhere-command">
        {`gst-launch-1.0 whipclientsink name=out \\
  signaller::whip-endpoint="${endpoint.address}" \\
  signaller::auth-token="$TOKEN" \\
  videotestsrc is-live=true ! video/x-raw,width=1280,height=720 ! out. \\
  audiotestsrc is-live=true ! out.`}
      </pre>
    </>
  );
}

function Watch() {
  return (
    <>
      <h4>Any WHEP player</h4>
      <ol>
        <li>Give it the address, and a token made above as Bearer token.</li>
        <li>It may come and go; the address stays the same from run to run.</li>
      </ol>
    </>
  );
}

export function Elsewhere({ endpoint }: { endpoint: Endpoint }) {
  const publishes = endpoint.kind === "whip";
  const mayOpen = useMayOpen();
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="elsewhere"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{publishes ? "Publish from elsewhere" : "Watch from elsewhere"}</summary>
      <div className="elsewhere-body">
        <CopyField label={publishes ? "WHIP address" : "WHEP address"} value={endpoint.address} />
        {!mayOpen && <p className="help">Tokens are for operators and above. Ask an admin of the team.</p>}
        {mayOpen && isOpen && <TokensPanel endpoint={endpoint.id} />}
        {publishes ? <Publish endpoint={endpoint} /> : <Watch />}
      </div>
    </details>
  );
}
