// Starts the real binary on a free port with an empty database, or uses the
// server that PEERSCAPE_URL names; starts the installed Chromium.
import { spawn } from "node:child_process";
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
 * With a name, the site is reached under it and has passkeys; setup is the
 * address of the first set-up, where the database is empty.
 * @returns {Promise<{url: string, setup?: string, db?: string, stop: () => void}>}
 */
export async function serve({ named = false } = {}) {
  if (process.env.PEERSCAPE_URL && !named) return { url: process.env.PEERSCAPE_URL.replace(/\/$/, ""), stop() {} };
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build, or set PEERSCAPE_URL`);
  const dir = mkdtempSync(join(tmpdir(), "peerscape-test-"));
  const port = named ? await freePort() : 0;
  const origin = named ? ["--origin", `http://localhost:${port}`] : [];
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
    stop() {
      child.removeAllListeners("exit");
      child.kill("SIGTERM");
      rmSync(dir, { recursive: true, force: true });
    },
  };
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
