// Starts the real binary on a free port with an empty database, or uses the
// server that PEERSCAPE_URL names; starts the installed Chromium.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const binary = fileURLToPath(new URL("../../bin/peerscape", import.meta.url));

/** @returns {Promise<{url: string, stop: () => void}>} */
export async function serve() {
  if (process.env.PEERSCAPE_URL) return { url: process.env.PEERSCAPE_URL.replace(/\/$/, ""), stop() {} };
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build, or set PEERSCAPE_URL`);
  const dir = mkdtempSync(join(tmpdir(), "peerscape-test-"));
  const child = spawn(binary, ["--db", join(dir, "test.db"), "serve", "--addr", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (b) => {
      said += b;
      const m = said.match(/http:\/\/\S+?(?=\/?\s)/);
      if (m) resolve(m[0].replace(/\/$/, ""));
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return {
    url,
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
