// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { explain, servePasskeys } from "./passkeys";

class FakeCredential {
  static parseCreationOptionsFromJSON = vi.fn((wanted: unknown) => wanted);
  static parseRequestOptionsFromJSON = vi.fn((wanted: unknown) => wanted);
  toJSON(): object {
    return { id: "a key" };
  }
}

function showForm(kind: string, options: object): HTMLFormElement {
  document.body.innerHTML = `
    <form action="/accounts/2fa/webauthn/login/" data-passkey="${kind}">
      <input type="hidden" name="credential"><input type="checkbox" name="passwordless" checked>
      <button type="submit">Use a passkey</button><p data-passkey-trouble hidden></p>
    </form>
    <script type="application/json" id="js_data">${JSON.stringify(options)}</script>`;
  const form = document.querySelector("form");
  if (!form) throw new Error("there is no form");
  form.submit = send;
  servePasskeys();
  return form;
}

function press(form: HTMLFormElement): void {
  form.dispatchEvent(new SubmitEvent("submit", { cancelable: true, bubbles: true }));
}

function trouble(): HTMLElement {
  const found = document.querySelector<HTMLElement>("[data-passkey-trouble]");
  if (!found) throw new Error("there is no place for trouble");
  return found;
}

const send = vi.fn<() => void>();
const create = vi.fn<(options: CredentialCreationOptions) => Promise<unknown>>();
const get = vi.fn<(options: CredentialRequestOptions) => Promise<unknown>>();

beforeEach(() => {
  vi.stubGlobal("PublicKeyCredential", FakeCredential);
  vi.stubGlobal("navigator", { credentials: { create, get } });
  send.mockReset();
  create.mockReset().mockResolvedValue(new FakeCredential());
  get.mockReset().mockResolvedValue(new FakeCredential());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("forms that take a passkey", () => {
  it("sends_what_the_browser_made_with_the_form", async () => {
    const form = showForm("use", { request_options: { publicKey: { challenge: "AAAA" } } });
    press(form);

    await vi.waitFor(() => {
      expect(send).toHaveBeenCalledOnce();
    });
    expect(form.querySelector<HTMLInputElement>("[name=credential]")?.value).toBe('{"id":"a key"}');
  });

  it.each([
    [true, "required", "required"],
    [false, "discouraged", "preferred"],
  ])("asks_for_a_key_that_can_sign_in_alone_where_it_shall", async (alone, residentKey, userVerification) => {
    const form = showForm("create", { creation_options: { publicKey: { challenge: "AAAA" } } });
    const box = form.querySelector<HTMLInputElement>("[name=passwordless]");
    if (box) box.checked = alone;
    press(form);

    await vi.waitFor(() => {
      expect(create).toHaveBeenCalledOnce();
    });
    expect(create.mock.calls[0]?.[0].publicKey?.authenticatorSelection).toEqual({
      residentKey,
      requireResidentKey: alone,
      userVerification,
    });
  });

  it("fetches_a_new_challenge_to_sign_in_with", async () => {
    const answer = { request_options: { publicKey: { challenge: "BBBB" } } };
    const fetching = vi.fn().mockResolvedValue(new Response(JSON.stringify(answer)));
    vi.stubGlobal("fetch", fetching);
    press(showForm("sign-in", {}));

    await vi.waitFor(() => {
      expect(get).toHaveBeenCalledWith({ publicKey: { challenge: "BBBB" } });
    });
    expect(String(fetching.mock.calls[0]?.[0])).toContain("/accounts/2fa/webauthn/login/");
  });

  it("says_what_went_wrong_and_lets_people_try_again", async () => {
    get.mockRejectedValueOnce(new DOMException("no", "NotAllowedError"));
    const form = showForm("use", { request_options: { publicKey: {} } });
    press(form);
    await vi.waitFor(() => {
      expect(trouble().hidden).toBe(false);
    });
    expect(trouble().textContent).toContain("Try again");
    expect(send).not.toHaveBeenCalled();

    press(form);
    await vi.waitFor(() => {
      expect(send).toHaveBeenCalledOnce();
    });
    expect(trouble().hidden).toBe(true);
  });

  it("says_so_when_the_site_does_not_answer", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("network")));
    press(showForm("sign-in", {}));

    await vi.waitFor(() => {
      expect(trouble().textContent).toContain("does not answer");
    });
  });
});

describe("why there was no passkey", () => {
  it.each([
    ["SecurityError", "127.0.0.1:8000"],
    ["InvalidStateError", "already"],
    ["ConstraintError", "untick"],
    ["Whatever", "cannot use passkeys"],
  ])("names_a_remedy_for_%s", (name, words) => {
    expect(explain(new DOMException("no", name), "127.0.0.1:8000")).toContain(words);
  });
});
