/** Cameras, microphones and screens of this computer, and in plain words why one cannot be had. */

export type Choice = {
  source: "camera" | "screen";
  /** A device id; "" is the browser's own choice, null is none. */
  camera: string | null;
  microphone: string | null;
};
export type Device = { id: string; label: string };
export type Devices = { cameras: Device[]; microphones: Device[] };

const MAX_DEVICES = 50;
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 60 } };

export class CaptureRefused extends Error {}

// Absent on pages that are neither https nor localhost, whatever the type says.
const media = (): MediaDevices | undefined => (navigator as { mediaDevices?: MediaDevices }).mediaDevices;

/** Open what was chosen. Throws CaptureRefused with a sentence for people. */
export async function openCapture(choice: Choice): Promise<MediaStream> {
  const devices = media();
  if (!devices) {
    throw new CaptureRefused(
      "Browsers give cameras only to pages at https:// or at localhost. Open this page under such an address.",
    );
  }
  if (choice.source === "camera" && choice.camera === null && choice.microphone === null) {
    throw new CaptureRefused("Choose a camera or a microphone.");
  }
  try {
    if (choice.source === "screen") return await devices.getDisplayMedia({ video: PICTURE, audio: true });
    return await devices.getUserMedia({
      video: choice.camera === null ? false : { ...PICTURE, ...only(choice.camera) },
      audio: choice.microphone === null ? false : { ...only(choice.microphone) },
    });
  } catch (error) {
    throw new CaptureRefused(sentenceOf(error, choice), { cause: error });
  }
}

function only(id: string): MediaTrackConstraints {
  return id === "" ? {} : { deviceId: { exact: id } };
}

/** Why capturing did not work (W3C Media Capture and Streams, 9.2). */
export function sentenceOf(error: unknown, choice: Choice): string {
  const what = choice.source === "screen" ? "the screen" : choice.camera === null ? "the microphone" : "the camera";
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return choice.source === "screen"
        ? "The screen was not shared. Press the button again and choose a window, a tab or a screen."
        : `The browser may not use ${what}. Allow it beside the address of this page, then try again.`;
    case "NotFoundError":
      return `There is no such device. Connect ${what}, or choose another.`;
    case "NotReadableError":
    case "AbortError":
      return `Another program uses ${what}, or the system does not give it away. Close the other program and try again.`;
    case "OverconstrainedError":
      return "The chosen device is not there any more. Choose another.";
    default:
      return `The browser could not open ${what}${name ? ` (${name})` : ""}. Try again.`;
  }
}

/** The devices; their names are known once one of them was allowed. */
export async function listDevices(): Promise<Devices> {
  const all = (await media()?.enumerateDevices().catch(() => [])) ?? [];
  return { cameras: pick(all, "videoinput", "Camera"), microphones: pick(all, "audioinput", "Microphone") };
}

function pick(all: readonly MediaDeviceInfo[], kind: MediaDeviceKind, name: string): Device[] {
  return all
    .filter((device) => device.kind === kind && device.deviceId !== "")
    .slice(0, MAX_DEVICES)
    .map((device, index) => ({ id: device.deviceId, label: device.label || `${name} ${index + 1}` }));
}

/** Call back whenever a device comes or goes; returns how to end it. */
export function followDevices(changed: () => void): () => void {
  const devices = media();
  devices?.addEventListener("devicechange", changed);
  return () => {
    devices?.removeEventListener("devicechange", changed);
  };
}

/** Let go of what was opened: the light beside the camera goes out. */
export function closeCapture(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) {
    track.onended = null;
    track.stop();
  }
}
