/** The public address of a gateway node of the open pipeline. */

import type { Endpoint } from "@/api/types";
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

/** The endpoint of a node as it is now. */
export function endpointOf(node: string): Endpoint | undefined {
  return find(useDocument.getState().endpoints, node);
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
