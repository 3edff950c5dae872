// Passkeys: the browser's own dialogue between two requests. The parts stay
// hidden where the browser has none; password and codes work without script.

async function ask(address: string, body: string): Promise<any> {
  const r = await fetch(address, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  const answer = await r.json();
  if (!r.ok) throw new Error(answer.error ?? r.statusText);
  return answer;
}

abstract class Passkey extends HTMLElement {
  connectedCallback(): void {
    if (!window.PublicKeyCredential || !("parseCreationOptionsFromJSON" in PublicKeyCredential)) return;
    this.hidden = false;
    this.querySelector("button")!.addEventListener("click", () => void this.press());
  }

  async press(): Promise<void> {
    const button = this.querySelector("button")!;
    const problem = this.querySelector<HTMLElement>("[role=alert]")!;
    button.disabled = true;
    problem.hidden = true;
    try {
      location.assign((await this.run()).next);
    } catch (e) {
      if ((e as Error).name !== "NotAllowedError") { // the person closed the dialogue
        problem.textContent = (e as Error).message;
        problem.hidden = false;
      }
    } finally {
      button.disabled = false;
    }
  }

  abstract run(): Promise<{ next: string }>;
}

class SignIn extends Passkey {
  async run(): Promise<{ next: string }> {
    const options = await ask("/sign-in/passkey/options", "");
    if (options.next) return options; // something else is to be done first
    const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
    return ask("/sign-in/passkey?next=" + encodeURIComponent(this.dataset.next ?? "/"), JSON.stringify(credential));
  }
}

class Add extends Passkey {
  async run(): Promise<{ next: string }> {
    const options = await ask("/account/passkeys/options", "");
    if (options.next) return options;
    const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) });
    const name = this.querySelector("input")!.value;
    return ask("/account/passkeys?name=" + encodeURIComponent(name) + "&next=" + encodeURIComponent(this.dataset.next ?? ""), JSON.stringify(credential));
  }
}

customElements.define("passkey-sign-in", SignIn);
customElements.define("passkey-add", Add);
