/** The secrets of a team by name; their values go to the server and never come back. */

import { ask, askJson, teamAddress } from "@/api/client";
import type { SecretList } from "@/api/types";

export const listSecrets = (team: string): Promise<SecretList> => askJson(teamAddress(team, "secrets"));

/** Store a value under a name. */
export async function putSecret(team: string, name: string, value: string): Promise<void> {
  await ask(teamAddress(team, "secrets", name), { method: "PUT", json: { value } });
}
