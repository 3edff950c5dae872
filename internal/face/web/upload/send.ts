// Sending files with a bar for each. The form works without it; with it each file
// is sent by itself, and one that is refused does not lose the others.

interface Answer { next?: string; error?: string }

class FileSend extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form")!;
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      void this.send(form);
    });
  }

  async send(form: HTMLFormElement): Promise<void> {
    const button = form.querySelector("button")!;
    const input = form.querySelector<HTMLInputElement>("input[type=file]")!;
    const list = this.querySelector(".sending")!;
    const region = form.querySelector<HTMLSelectElement>("select")?.value;
    button.disabled = true;
    list.replaceChildren();
    const rows = [...input.files!].map((file) => ({ file, row: list.appendChild(this.row(file)) }));
    let refused = 0;
    for (const { file, row } of rows) {
      const answer = await this.one(form.action, file, region, row.querySelector("progress")!);
      if (answer.error) {
        refused++;
        this.tell(row, "wrong-field", answer.error);
      } else if (answer.next && !answer.next.startsWith("/files/")) {
        location.assign(answer.next); // to sign in again
        return;
      } else {
        this.tell(row, "sent", this.dataset.sent!);
      }
    }
    button.disabled = false;
    input.value = "";
    if (refused === 0) location.assign(form.action);
    else await this.renew(form.action);
  }

  row(file: File): HTMLLIElement {
    const row = document.createElement("li");
    const name = row.appendChild(document.createElement("span"));
    name.textContent = file.name;
    const bar = row.appendChild(document.createElement("progress"));
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    return row;
  }

  tell(row: HTMLElement, kind: string, text: string): void {
    const line = row.appendChild(document.createElement("p"));
    line.className = kind;
    line.textContent = text;
  }

  one(to: string, file: File, region: string | undefined, bar: HTMLProgressElement): Promise<Answer> {
    const body = new FormData();
    if (region) body.append("region", region); // before the file: it is read as it comes
    body.append("file", file);
    return new Promise((resolve) => {
      const failed = () => resolve({ error: this.dataset.failed! });
      const request = new XMLHttpRequest();
      request.open("POST", to);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (e) => { bar.value = (100 * e.loaded) / Math.max(1, e.total); });
      request.addEventListener("error", failed);
      request.addEventListener("load", () => {
        bar.value = 100;
        try {
          resolve(JSON.parse(request.responseText) as Answer);
        } catch {
          failed();
        }
      });
      request.send(body);
    });
  }

  /** Shows what arrived beside what did not. */
  async renew(from: string): Promise<void> {
    const answer = await fetch(from);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("files");
    if (!fresh) return;
    document.getElementById("files")?.replaceWith(document.adoptNode(fresh));
    if (fresh.hasAttribute("hx-get")) setTimeout(() => void this.renew(from), 3000); // still being read
  }
}

customElements.define("file-send", FileSend);
