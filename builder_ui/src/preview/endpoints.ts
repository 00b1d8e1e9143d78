/** The public address of a gateway node of the open pipeline. */

import type { Endpoint } from "@/api/types";
import type { Address } from "@/preview/signalling";
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

/** Where a node is reached now, and by which token; null where there is no endpoint yet, or no right to it. */
export function addressOf(node: string): Address | null {
  const endpoint = find(useDocument.getState().endpoints, node);
  return endpoint?.token ? { address: endpoint.address, token: endpoint.token } : null;
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
