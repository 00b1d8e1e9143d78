/** Which secrets the team has, by name: read when the editor opens and when its window is looked at again. */

import { create } from "zustand";
import { listSecrets, putSecret } from "@/api/team_secrets";
import { knowSecrets, useDocument } from "@/stores/document";

export type SecretsStore = {
  /** Null until they are known; then by name. */
  names: readonly string[] | null;
  /** Whether this person may store secrets. */
  mayAdminister: boolean;
};

const NOTHING: SecretsStore = { names: null, mayAdminister: false };

export const useSecrets = create<SecretsStore>()(() => NOTHING);

/** Follow the team's secrets; the result stops it. */
export function followSecrets(): () => void {
  useSecrets.setState(NOTHING, true);
  const look = (): void => {
    void readSecrets();
  };
  look();
  // People store secrets on the team's page, in another tab.
  window.addEventListener("focus", look);
  return () => {
    window.removeEventListener("focus", look);
  };
}

/** Read them now; where that fails, what was known stays. */
export async function readSecrets(): Promise<void> {
  const { team } = useDocument.getState();
  try {
    const { items, may_administer } = await listSecrets(team);
    if (useDocument.getState().team !== team) return;
    const names = items.map(({ name }) => name);
    useSecrets.setState({ names, mayAdminister: may_administer });
    knowSecrets(new Set(names));
  } catch {
    // The next look at the window tries again; a run is refused by the server all the same.
  }
}

/** Store a new secret of the team. Rejects with `ApiProblem` or `NotReached`. */
export async function storeSecret(name: string, value: string): Promise<void> {
  await putSecret(useDocument.getState().team, name, value);
  await readSecrets();
}
