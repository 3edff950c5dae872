// Files of a partnership, from the choice in the browser to the public picture,
// with script and without.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { browser, serve, setUp, submit } from "./peerscape.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "heron lantern seventy bridges";
let site, chromium, context, page, photo;

before(async () => {
  site = await serve({ named: true });
  chromium = await browser();
  context = await chromium.newContext({ locale: "en-GB", bypassCSP: true, viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  await setUp(page, site, { name: "Maija", email: "maija@example.org", password });
  await page.goto(site.url + "/partnerships/new");
  await page.fill("#short", "Lakes");
  await page.fill("#title", "Regions of lakes");
  await page.fill("#from", "2026-09");
  await submit(page, "#own form button");
  photo = await picture();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

/** A JPEG that the browser draws. */
async function picture() {
  const url = await page.evaluate(() => {
    const c = document.createElement("canvas");
    [c.width, c.height] = [1000, 600];
    const p = c.getContext("2d");
    p.fillStyle = "teal";
    p.fillRect(0, 0, 1000, 600);
    p.fillStyle = "gold";
    p.arc(640, 260, 180, 0, 7);
    p.fill();
    return c.toDataURL("image/jpeg");
  });
  return Buffer.from(url.split(",")[1], "base64");
}

const files = () => [
  { name: "market.jpg", mimeType: "image/jpeg", buffer: photo },
  { name: "minutes.txt", mimeType: "text/plain", buffer: Buffer.from("Minutes of the meeting\n") },
];

async function noViolation(tab, name) {
  for (const width of [390, 1440]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.evaluate(axe);
    const found = await tab.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
    );
    assert.deepEqual(found.violations.map((v) => `${name}, ${width}: ${v.id}: ${v.nodes[0].html.slice(0, 160)}`), []);
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, `${name} is wider than ${width} pixels`);
  }
}

const row = (tab, name) => tab.locator("ul.files li", { hasText: name });

test("two files are chosen, sent and become ready by themselves", async () => {
  await page.goto(site.url + "/files");
  await noViolation(page, "no files");
  await page.setInputFiles("#file", files());
  await submit(page, "file-send button");
  await row(page, "market.jpg").locator("img").waitFor();
  await row(page, "minutes.txt").getByText("plain text").waitFor();
  assert.ok(await row(page, "market.jpg").locator("img").evaluate((i) => i.complete || new Promise((r) => i.addEventListener("load", () => r(true)))));
  await noViolation(page, "files");
});

test("one that is refused says why and loses nothing else", async () => {
  await page.goto(site.url + "/files");
  await page.setInputFiles("#file", [{ name: "nice.jpg", mimeType: "image/jpeg", buffer: Buffer.from("<!doctype html><p>no") }, { ...files()[1], name: "second.txt" }]);
  await page.click("file-send button");
  await page.locator(".sending .wrong-field").waitFor();
  assert.match(await page.locator(".sending .wrong-field").innerText(), /web page.*Print it to PDF/);
  await row(page, "second.txt").waitFor();
  await noViolation(page, "files, one refused");
});

test("a picture is described before it is public", async () => {
  await page.goto(site.url + "/files");
  await submit(page, "ul.files a:has-text('market.jpg')");
  await noViolation(page, "file");
  await page.check("#public");
  await submit(page, "#describe button");
  assert.match(await page.locator(".wrong").innerText(), /without a description cannot be public/);
  await noViolation(page, "file, refused");
  await page.fill("#alt", "A yellow circle over a square");
  await page.check("#public");
  await submit(page, "#describe button");
  assert.equal(await page.locator(".preview img").getAttribute("alt"), "A yellow circle over a square");
  const visitor = await chromium.newContext();
  const tab = await visitor.newPage();
  const answer = await tab.goto(page.url().split("?")[0]);
  assert.equal(answer.status(), 200);
  assert.equal(await tab.locator("#describe").count(), 0, "a visitor sees the form");
  await visitor.close();
});

test("all of it works without script", async () => {
  const plain = await chromium.newContext({ javaScriptEnabled: false, locale: "en-GB", storageState: await context.storageState() });
  const tab = await plain.newPage();
  await tab.goto(site.url + "/files");
  await tab.setInputFiles("#file", [{ ...files()[0], name: "plain.jpg" }, { name: "nice.jpg", mimeType: "image/jpeg", buffer: Buffer.from("#!/bin/sh\n") }]);
  await submit(tab, "file-send button");
  assert.match(await tab.locator(".wrong").innerText(), /nice.jpg was not taken: The file is a program/);
  await tab.goto(site.url + "/files");
  await row(tab, "plain.jpg").locator("img").waitFor(); // the page asks for itself again
  await submit(tab, "ul.files a:has-text('plain.jpg')");
  await tab.fill("#alt", "The same again");
  await submit(tab, "#describe button");
  assert.match(await tab.locator(".done").innerText(), /Saved/);
  await tab.click(".removal summary");
  await submit(tab, ".removal button");
  assert.equal(await row(tab, "plain.jpg").count(), 0);
  await plain.close();
});

if (process.env.SHOTS) {
  test("pictures of the pages", async () => {
    await page.goto(site.url + "/files");
    const one = await page.locator("ul.files a:has-text('market.jpg')").first().getAttribute("href");
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [390, 768, 1440]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        for (const [name, path] of Object.entries({ files: "/files", file: one })) {
          await page.goto(site.url + path);
          await page.waitForLoadState("networkidle");
          await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
        }
      }
    }
  });
}
