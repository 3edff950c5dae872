// Starts the real binary on a free port with an empty database, or uses the
// server that PEERSCAPE_URL names; starts the installed Chromium.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const binary = fileURLToPath(new URL("../../bin/peerscape", import.meta.url));

/** A port that is free now. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/**
 * With mail, letters are written to the folder letters. With a name, the site is reached under it and has passkeys; setup is the
 * address of the first set-up, where the database is empty.
 * @returns {Promise<{url: string, setup?: string, db?: string, stop: () => void}>}
 */
export async function serve({ named = false, mail = false } = {}) {
  if (process.env.PEERSCAPE_URL && !named) return { url: process.env.PEERSCAPE_URL.replace(/\/$/, ""), stop() {} };
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build, or set PEERSCAPE_URL`);
  const dir = mkdtempSync(join(tmpdir(), "peerscape-test-"));
  const port = named ? await freePort() : 0;
  const origin = named ? ["--origin", `http://localhost:${port}`] : [];
  const letters = join(dir, "letters");
  if (mail) origin.push("--mail", `folder://${letters}?from=info@example.org`);
  const child = spawn(binary, ["--db", join(dir, "test.db"), "serve", "--addr", `127.0.0.1:${port}`, ...origin], { stdio: ["ignore", "pipe", "inherit"] });
  let setup;
  const url = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (b) => {
      said += b;
      const m = said.match(/http:\/\/\S+?(?=\/?\s)/);
      setup = said.match(/http:\/\/\S+setup\?code=\S+/)?.[0].replace("127.0.0.1", named ? "localhost" : "127.0.0.1");
      if (m && said.includes("Ctrl+C")) resolve(named ? `http://localhost:${port}` : m[0].replace(/\/$/, ""));
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return {
    url,
    setup,
    db: join(dir, "test.db"),
    letters,
    stop() {
      child.removeAllListeners("exit");
      child.kill("SIGTERM");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What an application for one-time codes shows (RFC 6238). */
export function codeNow(secret, ahead = 0) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const sum = createHmac("sha1", key).update(step).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}

/** Clicks what sends a form, and waits for the answer. */
export async function submit(tab, selector) {
  await Promise.all([tab.waitForNavigation(), tab.click(selector)]);
}

/** Makes the first account of a site, with one-time codes, and goes on to where it leads. */
export async function setUp(tab, site, { name, email, password }) {
  await tab.goto(site.setup);
  await tab.fill("#name", name);
  await tab.fill("#email", email);
  await tab.fill("#password", password);
  await submit(tab, "form.stack button");
  await strengthen(tab);
}

/** Sets up codes on the page that asks for a second factor, and goes on. */
export async function strengthen(tab) {
  await submit(tab, "#codes button");
  await tab.fill("#confirm", codeNow(await tab.locator("code.secret").innerText()));
  await submit(tab, "#enrol form button");
  await submit(tab, "#recovery .btn");
}

export async function browser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** Every kind of page, by name. */
export const pages = {
  atlas: "/",
  "atlas-3": "/?indicator=population&level=3",
  table: "/atlas/table?sort=value",
  search: "/search?q=lahti",
  "search-none": "/search?q=qqqqqq",
  "search-old": "/search?q=FI1C4",
  regions: "/regions",
  country: "/regions?country=FI",
  region: "/regions/FI1C6",
  "region-nuts2": "/regions/AT12",
  "region-old": "/regions/FI1C4?nuts=2021",
  indicator: "/regions/FI1C6/indicators/gdp_pps",
  "indicator-converted": "/regions/FI1C6/indicators/median_age",
  "indicator-inherited": "/regions/FI1C6/indicators/unemployment",
  indicators: "/indicators",
  sources: "/sources",
  source: "/sources/nama_10r_3gdp",
  method: "/help/method",
  accessibility: "/accessibility",
  privacy: "/privacy",
  gallery: "/gallery",
  missing: "/nothing/here",
};
