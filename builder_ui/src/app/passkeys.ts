/** Passkeys: the ceremony between a form of the site, the browser, and whatever keeps the key (WebAuthn, level 3). */

interface Options {
  readonly creation_options?: { readonly publicKey: PublicKeyCredentialCreationOptionsJSON };
  readonly request_options?: { readonly publicKey: PublicKeyCredentialRequestOptionsJSON };
}

class Unanswered extends Error {}

const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError:
    "Nothing was done: it was cancelled, took too long, or there is no passkey of this site on the device. Try again, or use another way.",
  InvalidStateError: "This device has a passkey of your account already. It is in your list.",
  ConstraintError: "This key cannot sign in alone. Take another one, or untick that it shall.",
  NotSupportedError: "This key speaks no language that this site does. Take another one.",
};

/** Why it failed, and what to do. */
export function explain(error: unknown, host: string): string {
  if (error instanceof Unanswered) return "The site does not answer. Try again in a moment.";
  const name = error instanceof DOMException ? error.name : "";
  if (name === "SecurityError") {
    return `Passkeys need the site's own name over https, or localhost; this page is at ${host}. Open it there.`;
  }
  return REASONS[name] ?? "This browser cannot use passkeys here. Update it, or use another way.";
}

/** As the page brought them. */
function readOptions(): Options {
  return JSON.parse(document.getElementById("js_data")?.textContent ?? "{}") as Options;
}

async function fetchOptions(address: string): Promise<Options> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => undefined);
  if (!answer?.ok) throw new Unanswered();
  return (await answer.json()) as Options;
}

async function create(options: Options, alone: boolean): Promise<Credential | null> {
  const wanted = options.creation_options?.publicKey;
  if (!wanted) throw new Unanswered();
  const selection: AuthenticatorSelectionCriteria = {
    ...wanted.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    userVerification: alone ? "required" : "preferred",
  };
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({ ...wanted, authenticatorSelection: selection });
  return navigator.credentials.create({ publicKey });
}

async function ask(options: Options): Promise<Credential | null> {
  const wanted = options.request_options?.publicKey;
  if (!wanted) throw new Unanswered();
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(wanted) });
}

async function perform(form: HTMLFormElement): Promise<Credential | null> {
  if (form.dataset["passkey"] === "create") {
    const alone = form.querySelector<HTMLInputElement>("input[name=passwordless]")?.checked ?? false;
    return create(readOptions(), alone);
  }
  return ask(form.dataset["passkey"] === "sign-in" ? await fetchOptions(form.action) : readOptions());
}

async function answerWithKey(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  const field = form.querySelector<HTMLInputElement>("input[name=credential]");
  const trouble = form.querySelector<HTMLElement>("[data-passkey-trouble]");
  if (!button || !field || !trouble) return;
  trouble.hidden = true;
  button.disabled = true;
  try {
    const credential = await perform(form);
    if (!(credential instanceof PublicKeyCredential)) throw new TypeError("no public key came");
    field.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    trouble.textContent = explain(error, location.host);
    trouble.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** Have every form that takes a passkey ask the browser for it when it is sent. */
export function servePasskeys(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void answerWithKey(form);
    });
  }
}
