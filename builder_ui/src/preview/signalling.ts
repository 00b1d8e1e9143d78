/** One WHIP or WHEP session over HTTP: offer out, answer in, and DELETE at the end (RFC 9725; draft-ietf-wish-whep). */

/** No STUN or TURN here: host candidates are there within milliseconds, and a slow interface may not hold us up. */
const GATHERING_MS = 1000;
const ANSWER_MS = 15_000;
const ENDING_MS = 2000;
const MAX_ANSWER_CHARACTERS = 256 * 1024;
const SOON_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** `pass` gets what opens the endpoint now; it throws `SessionRefused`. */
export type Address = { address: string; pass: () => Promise<string> };
export type Session = { location: string; token: string };

/** Why there is no session: a sentence, and whether to try again. */
export class SessionRefused extends Error {
  readonly status: number;
  /** When to try again in ms; null when it makes no sense before people do something; undefined: as you like. */
  readonly retryAfter: number | null | undefined;

  constructor(title: string, status: number, retryAfter: number | null | undefined) {
    super(title);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The endpoint as this page reaches it: its own origin, whatever name others know it by (Content-Security-Policy). */
export function ownAddress(address: string): string {
  const { pathname } = new URL(address, location.href);
  return new URL(pathname, location.origin).href;
}

/** Offer what the connection has, and take the answer. Aborting deletes the session that may have begun. */
export async function openSession(
  connection: RTCPeerConnection,
  { address, pass }: Address,
  signal: AbortSignal,
): Promise<Session> {
  await connection.setLocalDescription();
  const [token] = await Promise.all([pass(), gathered(connection, signal)]);
  signal.throwIfAborted();
  const url = ownAddress(address);
  // Not aborted with the rest: only the answer names the session that then has to be deleted.
  const response = await postOffer(url, token, connection.localDescription?.sdp ?? "");
  if (response.status !== 201) throw await refusalOf(response);
  const location = response.headers.get("Location");
  const session = { location: location ? new URL(location, url).href : "", token };
  try {
    const sdp = await response.text();
    if (sdp.length > MAX_ANSWER_CHARACTERS) throw new SessionRefused("The answer is too large", 0, null);
    signal.throwIfAborted();
    await connection.setRemoteDescription({ type: "answer", sdp });
  } catch (error) {
    void closeSession(session);
    throw error;
  }
  return session;
}

/** Tell the gateway that nobody is here any more; survives the page being left. Resolves when it knows, or cannot. */
export async function closeSession(session: Session | null): Promise<void> {
  if (!session || new URL(session.location || "x:").origin !== location.origin) return;
  const headers = { Authorization: `Bearer ${session.token}` };
  const signal = AbortSignal.timeout(ENDING_MS);
  try {
    await fetch(session.location, { method: "DELETE", headers, keepalive: true, credentials: "omit", signal });
  } catch {
    // The gateway finds out by itself: nothing comes from a peer that is gone.
  }
}

async function postOffer(url: string, token: string, sdp: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
      body: sdp,
      credentials: "omit",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    throw new SessionRefused("The server does not answer", 0, undefined);
  }
}

/** What a refusing answer means. */
export async function refusalOf(response: Response): Promise<SessionRefused> {
  let title = `The server refused with ${response.status}`;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null && "title" in problem && typeof problem.title === "string") {
      title = problem.title;
    }
  } catch {
    // Not problem details: the status has to do.
  }
  return new SessionRefused(title, response.status, retryOf(response));
}

function retryOf(response: Response): number | null | undefined {
  const { status } = response;
  if (status !== 429 && status < 500) return null;
  const stated = response.headers.get("Retry-After");
  if (stated === null) return status === 503 ? SOON_MS : undefined;
  const seconds = Number(stated);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1) * 1000, LONGEST_RETRY_MS) : SOON_MS;
}

async function gathered(connection: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  if (connection.iceGatheringState !== "complete") {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        if (connection.iceGatheringState === "complete" || signal.aborted) resolve();
      };
      connection.addEventListener("icegatheringstatechange", done);
      signal.addEventListener("abort", done, { once: true });
      setTimeout(resolve, GATHERING_MS);
    });
  }
  signal.throwIfAborted();
}
