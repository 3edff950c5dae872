// axe-core on every page, narrow and wide, light and dark: no violation.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { browser, pages, serve } from "./peerscape.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let site, chromium;
before(async () => {
  site = await serve();
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1440]) {
    test(`no violation at ${width} pixels, ${colorScheme}`, async () => {
      // The page's policy forbids foreign script, so axe comes in past it.
      const context = await chromium.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true, locale: "en-GB" });
      const page = await context.newPage();
      const said = [];
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(site.url + path);
        await page.evaluate(() => document.querySelectorAll("details:not(.pick)").forEach((d) => (d.open = true)));
        await page.evaluate(axe);
        const found = await page.evaluate(() =>
          globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
        );
        for (const v of found.violations) {
          said.push(`${name} (${path}): ${v.id}, ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
        }
      }
      await context.close();
      assert.deepEqual(said, []);
    });
  }
}
