// Pictures of every page: node web/test/shots.mjs FOLDER [page,page] [width,width] [light,dark]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browser, pages, serve } from "./peerscape.mjs";

const [folder, names, widths, themes] = process.argv.slice(2);
if (!folder) throw new Error("name the folder for the pictures");
mkdirSync(folder, { recursive: true });
const site = await serve();
const chromium = await browser();
for (const colorScheme of (themes ?? "light,dark").split(",")) {
  for (const width of (widths ?? "390,768,1440").split(",").map(Number)) {
    const context = await chromium.newContext({ viewport: { width, height: 900 }, colorScheme, locale: process.env.SHOT_LANG ?? "en-GB" });
    const page = await context.newPage();
    for (const name of names ? names.split(",") : Object.keys(pages)) {
      await page.goto(site.url + (pages[name] ?? name), { waitUntil: "networkidle" });
      await page.screenshot({ path: join(folder, `${name.replaceAll("/", "_")}-${width}-${colorScheme}.png`), fullPage: true });
    }
    await context.close();
  }
}
await chromium.close();
site.stop();
