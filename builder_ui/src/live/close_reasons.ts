/** Why the live socket was closed, in sentences, and whether another attempt makes sense. */

export type Closing = {
  reason: string;
  /** Try again by itself; "now" says nothing of it, "late" begins with the longest pause. */
  retry: "now" | "soon" | "late" | "never";
  link?: { href: string; text: string };
};

/** The person may not do the same as before any more, or may do more. */
export const OTHER_RIGHTS = 4409;
export const NO_RIGHTS = 4403;

const BROKEN: Closing = { reason: "The connection to the server broke", retry: "soon" };

/** What a close code of the live protocol means. */
export function closingOf(code: number, here: string): Closing {
  switch (code) {
    case 4401: {
      const href = `/accounts/login/?next=${encodeURIComponent(here)}`;
      return { reason: "You are signed out. Sign in again.", retry: "never", link: { href, text: "Sign in" } };
    }
    case NO_RIGHTS:
      return {
        reason: "You may no longer see this pipeline. Ask an owner or an admin of the team to let you in again.",
        retry: "never",
        link: { href: "/", text: "To your pipelines" },
      };
    case 4404:
      return {
        reason: "This pipeline is gone: someone has archived it.",
        retry: "never",
        link: { href: "/", text: "To your pipelines" },
      };
    case OTHER_RIGHTS:
      return { reason: "Your role in this team has changed", retry: "now" };
    case 4408:
      return { reason: "This page was too slow to keep up", retry: "soon" };
    case 4413:
      return { reason: "The server did not understand this page. Reload it if this goes on", retry: "late" };
    case 4429:
      return { reason: "Too many windows show this pipeline. Close some of them", retry: "late" };
    case 1001:
    case 1012:
      return { reason: "The server is restarting", retry: "soon" };
    default:
      return BROKEN;
  }
}
