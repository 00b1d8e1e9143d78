/** The public address of a gateway node of the open pipeline, and the passes that open it for this page. */

import { makePass } from "@/api/endpoint_tokens";
import { ApiProblem, sentenceOf } from "@/api/problem";
import type { Endpoint } from "@/api/types";
import { type Address, SessionRefused } from "@/preview/signalling";
import { isOver } from "@/live/state";
import { useDocument } from "@/stores/document";
import { liveNode, useLive } from "@/stores/live";

function find(endpoints: readonly Endpoint[], node: string): Endpoint | undefined {
  return endpoints.find((endpoint) => endpoint.node === node);
}

/** The endpoint of a node; undefined until the draft that has the node is saved. */
export function useEndpoint(node: string): Endpoint | undefined {
  return useDocument((store) => find(store.endpoints, node));
}

/** Where a node is reached now; null where there is no endpoint yet, or no right to it. */
export function addressOf(node: string): Address | null {
  const { endpoints, may, team, slug } = useDocument.getState();
  const endpoint = find(endpoints, node);
  return endpoint && may.run ? { address: endpoint.address, pass: () => passOf({ team, slug }, endpoint.id) } : null;
}

/** A new pass for each session: one lasts a quarter of an hour, and this page may stay open for days. */
async function passOf(place: { team: string; slug: string }, endpoint: string): Promise<string> {
  try {
    return (await makePass(place, endpoint)).token;
  } catch (error) {
    const status = error instanceof ApiProblem ? error.status : 0;
    const again = error instanceof ApiProblem ? (error.isPassing ? (error.retryAfterMs ?? undefined) : null) : undefined;
    throw new SessionRefused(sentenceOf(error), status, again);
  }
}

/** Whether this person's role lets them publish and watch. */
export function useMayOpen(): boolean {
  return useDocument((store) => store.may.run);
}

/** Whether a run is there that this node may yet become ready in. */
export function isRunWanted(): boolean {
  const { run } = useLive.getState();
  return !isOver(run) && run?.wanted === true;
}

/** Whether the gateway says that it takes peers. */
export function useGatewayReady(node: string): boolean {
  return useLive((store) => {
    const state = liveNode(store, node)?.state;
    return !isOver(store.run) && (state === "ready" || state === "degraded");
  });
}

/** Whether a run is wanted, as `isRunWanted`, followed. */
export function useRunWanted(): boolean {
  return useLive((store) => !isOver(store.run) && store.run?.wanted === true);
}
