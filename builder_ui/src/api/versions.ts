/** The numbered versions of a pipeline, at the API. */

import { addressOf, askJson, type Place } from "@/api/client";
import type { PipelineDocument, Version, VersionPage } from "@/api/types";

/** Some of them, the newest first; `cursor` is `next` of the page before. */
export const listVersions = (place: Place, cursor: string): Promise<VersionPage> =>
  askJson(`${addressOf(place, "versions")}?${new URLSearchParams({ cursor, limit: "20" }).toString()}`);

/** The document of one. */
export const getVersion = (place: Place, number: number): Promise<Version & { document: PipelineDocument }> =>
  askJson(addressOf(place, "versions", String(number)));

/** Make the saved draft the next version; refused with 422 where it cannot run. */
export const makeVersion = (place: Place, note: string, key: string): Promise<Version> =>
  askJson(addressOf(place, "versions"), { method: "POST", json: { note }, headers: { "Idempotency-Key": key } });

/** Make a version the one that endpoints start. */
export const publishVersion = (place: Place, number: number): Promise<Version> =>
  askJson(addressOf(place, "versions", String(number), "publish"), { method: "POST" });

/** A new name for a request that makes something; `randomUUID` is there under TLS alone. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
