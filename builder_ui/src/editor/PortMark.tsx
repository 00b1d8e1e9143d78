/** The shape and colour of a media type: circle, rounded square or diamond, never colour alone. */
export type MediaType = "video" | "audio" | "data";

export function PortMark({ type }: { type: MediaType }) {
  return <span className="port-mark" data-media={type} aria-hidden />;
}
