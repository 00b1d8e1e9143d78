/** What opens an endpoint: passes for this page, and tokens for programs. */

import { addressOf, ask, askJson, type Place } from "@/api/client";
import type { EndpointPass, EndpointToken, MadeEndpointToken } from "@/api/types";

/** Open the endpoint for a quarter of an hour. */
export const makePass = (place: Place, endpoint: string): Promise<EndpointPass> =>
  askJson(addressOf(place, "endpoints", endpoint, "pass"), { method: "POST" });

/** The tokens of an endpoint that were not revoked, the newest first. */
export const listTokens = async (place: Place, endpoint: string): Promise<EndpointToken[]> =>
  (await askJson<{ items: EndpointToken[] }>(addressOf(place, "endpoints", endpoint, "tokens"))).items;

/** A new token; what it says is in this answer and nowhere else. */
export const makeToken = (
  place: Place,
  endpoint: string,
  name: string,
  expiresAt: string | null,
): Promise<MadeEndpointToken> =>
  askJson(addressOf(place, "endpoints", endpoint, "tokens"), {
    method: "POST",
    json: { name, expires_at: expiresAt },
  });

/** Let a token open nothing new. */
export async function revokeToken(place: Place, endpoint: string, token: number): Promise<void> {
  await ask(addressOf(place, "endpoints", endpoint, "tokens", String(token)), { method: "DELETE" });
}
