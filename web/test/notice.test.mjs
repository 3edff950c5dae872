// What people are told: an invitation by mail, the bell, the list, how often letters
// come; and the end of an account.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { browser, serve, setUp, submit } from "./peerscape.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "heron lantern seventy bridges";
const pictures = process.env.SHOTS; // folder for pictures; none are taken without
let site, chromium, page, colleague;

async function newPage(options = {}) {
  const context = await chromium.newContext({ locale: "en-GB", bypassCSP: true, viewport: { width: 1440, height: 900 }, ...options });
  const tab = await context.newPage();
  tab.setDefaultTimeout(30_000);
  return tab;
}

before(async () => {
  site = await serve({ named: true, mail: true });
  chromium = await browser();
  page = await newPage();
  await setUp(page, site, { name: "Maija", email: "maija@example.org", password });
  await page.fill("#short", "Lakes");
  await page.fill("#title", "Regions of lakes");
  await page.fill("#from", "2026-09");
  await submit(page, "#own form button");
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

const heading = (tab = page) => tab.locator("h1").innerText();

/** Looks for violations and for what does not fit, and takes pictures. */
async function look(name, tab) {
  for (const [width, colorScheme] of [[390, "light"], [768, "light"], [1440, "light"], [390, "dark"], [1440, "dark"]]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme });
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await tab.screenshot({ path: join(pictures, `${name.replaceAll(/\W+/g, "-")}-${width}-${colorScheme}.png`), fullPage: true });
    }
    if (width === 768) continue;
    await tab.evaluate(axe);
    const found = await tab.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
    );
    assert.deepEqual(found.violations.map((v) => `${name}, ${width}: ${v.id}: ${v.nodes[0].html.slice(0, 200)}`), []);
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, `${name} is wider than ${width} pixels`);
  }
  await tab.emulateMedia({ colorScheme: "light" });
  await tab.setViewportSize({ width: 1440, height: 900 });
}

/** The letters to somebody, whole, once there are so many; soft breaks undone. */
async function letters(to, count) {
  for (let tries = 0; tries < 300; tries++) {
    const all = existsSync(site.letters) ? readdirSync(site.letters).filter((f) => f.endsWith(".eml")).sort() : [];
    const own = all.map((f) => readFileSync(join(site.letters, f), "utf8").replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=")).filter((m) => m.includes(`<${to}>`));
    if (own.length >= count) return own;
    await wait(100);
  }
  assert.fail(`no ${count} letters to ${to}`);
}

test("an invitation comes by mail", async () => {
  await page.goto(site.url + "/partnerships/lakes/people");
  await page.fill("#email", "aino@example.org");
  await page.selectOption("#role", "policy-officer");
  await submit(page, "#invite button");
  const [letter] = await letters("aino@example.org", 1);
  assert.match(letter, /Maija invites you/);
  colleague = await newPage({ locale: "fi-FI" });
  await colleague.goto(letter.match(/http:\/\/localhost\S+\/invitations\/[\w-]+/)[0]);
  await colleague.fill("#name", "Aino");
  await colleague.fill("#password", password);
  await submit(colleague, "form.stack button");
  assert.equal(await heading(colleague), "Oma tili");
});

test("the bell counts, the list tells, opening marks as read", async () => {
  for (const name of ["Regional Council", "University of Applied Sciences"]) {
    await page.goto(site.url + "/partnerships/lakes/organisations/new");
    await page.fill("#organisation", name);
    await submit(page, "form.stack .btn >> nth=0");
  }
  await colleague.goto(site.url + "/");
  const bell = colleague.locator(".side .bell");
  assert.equal((await bell.locator(".count").innerText()).trim(), "3");
  assert.match(await bell.innerText(), /3 lukematonta ilmoitusta/);
  await submit(colleague, ".side .bell");
  assert.equal(await heading(colleague), "Ilmoitukset");
  const text = await colleague.locator("main").innerText();
  for (const want of ["Lakes", "Sinulla on uusi rooli", "Regional Council", "University of Applied Sciences", "Maija", "uusi"]) {
    assert.ok(text.includes(want), `no ${want} in ${text}`);
  }
  await look("notices", colleague);
  await submit(colleague, "text=University of Applied Sciences");
  assert.match(colleague.url(), /\/partnerships\/lakes\/organisations\/\w+\/history/);
  assert.equal((await colleague.locator(".side .bell .count").innerText()).trim(), "2");
  await colleague.goto(site.url + "/notices");
  await submit(colleague, "text=Merkitse kaikki luetuiksi");
  assert.equal(await colleague.locator(".bell .count").count(), 0);
  await look("notices, read", colleague);
});

test("nobody else sees them", async () => {
  const href = await colleague.locator(".notices a").first().getAttribute("href");
  assert.equal((await page.goto(site.url + href)).status(), 404);
  const visitor = await newPage();
  await visitor.goto(site.url + "/notices");
  assert.match(visitor.url(), /sign-in\?next=%2Fnotices/);
  assert.equal(await visitor.locator(".bell").count(), 0);
  await visitor.context().close();
});

test("how often letters come can be chosen", async () => {
  await colleague.goto(site.url + "/notices/letters");
  await look("letters", colleague);
  await colleague.selectOption("#content-changed", "at-once");
  await submit(colleague, "main form button");
  assert.equal(await colleague.locator("#content-changed").inputValue(), "at-once");
  assert.match(await colleague.locator(".done").innerText(), /Tallennettu/);
  await colleague.goto(site.url + "/unsubscribe/nothing.of-ours");
  assert.match(await heading(colleague), /ei|löydy/i);
  await look("unsubscribe, forged", colleague);
});

test("an administrator erases a person, after being told what goes", async () => {
  await page.goto(site.url + "/people");
  await submit(page, 'tr:has-text("Aino") a[href$="/erase"]');
  assert.match(await heading(), /Aino/);
  await look("erase, asked", page);
  await submit(page, "main form button");
  assert.doesNotMatch(await page.locator("#accounts").innerText(), /aino/i);
  await colleague.goto(site.url + "/account");
  assert.match(colleague.url(), /sign-in/);
});
