/** What the page tells the editor before the first request. */

import type { May } from "@/api/types";

export type Boot = {
  team: string;
  slug: string;
  user: { name: string };
  role: "owner" | "admin" | "developer" | "operator" | "viewer" | "billing";
  may: May;
  /** Where the API begins: `/api/v1`. */
  api: string;
  /** The address of the live socket. */
  live: string;
  /** The page with the team's pipelines. */
  pipelines: string;
  /** The team's credit: the page about it, and what people have to know of it now. */
  money?: { billing: string; notice: string; isUrgent: boolean };
  /** For styles that libraries put into the page. */
  nonce: string;
};

/** Read the `<script type="application/json" id="boot">` of the page. Throws where it is not there. */
export function readBoot(page: Document = document): Boot {
  const text = page.getElementById("boot")?.textContent ?? "";
  try {
    const boot = JSON.parse(text) as Boot;
    if (typeof boot.team === "string" && typeof boot.slug === "string") {
      return boot;
    }
  } catch {
    // What follows says it.
  }
  throw new Error("The page does not say which pipeline to open; load it again.");
}
