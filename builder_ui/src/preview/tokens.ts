/** The tokens of one endpoint, as the panel shows them. */

import { useEffect, useState } from "react";
import { listTokens, makeToken, revokeToken } from "@/api/endpoint_tokens";
import { sentenceOf } from "@/api/problem";
import type { EndpointToken, MadeEndpointToken } from "@/api/types";
import { useDocument } from "@/stores/document";

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a token may hold, in days; 0 is until it is revoked. */
export const LIVES: readonly { days: number; title: string }[] = [
  { days: 1, title: "1 day" },
  { days: 30, title: "30 days" },
  { days: 90, title: "90 days" },
  { days: 365, title: "1 year" },
  { days: 0, title: "Until revoked" },
];

export type Tokens = {
  /** Null until they are known. */
  list: readonly EndpointToken[] | null;
  /** The one that was just made, with what it says. */
  made: MadeEndpointToken | null;
  error: string;
  make: (name: string, days: number) => Promise<boolean>;
  revoke: (token: number) => Promise<void>;
};

export function useTokens(endpoint: string): Tokens {
  const [list, setList] = useState<readonly EndpointToken[] | null>(null);
  const [made, setMade] = useState<MadeEndpointToken | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    let isShown = true;
    listTokens(placeNow(), endpoint).then(
      (tokens) => {
        if (isShown) setList(tokens);
      },
      (refusal: unknown) => {
        if (isShown) setError(sentenceOf(refusal));
      },
    );
    return () => {
      isShown = false;
    };
  }, [endpoint]);
  const attempt = async (act: () => Promise<void>): Promise<boolean> => {
    setError("");
    try {
      await act();
      setList(await listTokens(placeNow(), endpoint));
      return true;
    } catch (refusal) {
      setError(sentenceOf(refusal));
      return false;
    }
  };
  const make = (name: string, days: number): Promise<boolean> =>
    attempt(async () => {
      const expires = days === 0 ? null : new Date(Date.now() + days * DAY_MS).toISOString();
      setMade(await makeToken(placeNow(), endpoint, name, expires));
    });
  const revoke = async (token: number): Promise<void> => {
    const done = await attempt(() => revokeToken(placeNow(), endpoint, token));
    if (done && made?.id === token) setMade(null);
  };
  return { list, made, error, make, revoke };
}

function placeNow(): { team: string; slug: string } {
  const { team, slug } = useDocument.getState();
  return { team, slug };
}

/** When it was used last, to the minute. */
export function usageWords({ last_used_at }: EndpointToken): string {
  return last_used_at === null ? "never used" : `last used ${new Date(last_used_at).toLocaleString()}`;
}

/** Until when it holds. */
export function endWords({ expires_at, holds }: EndpointToken): string {
  if (!holds) return "expired";
  return expires_at === null ? "holds until revoked" : `holds until ${new Date(expires_at).toLocaleDateString()}`;
}
