// The way of a partnership through the pages: set-up in three steps, people,
// forms, two who write at once, history, translation, its face to visitors.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, serve, setUp, strengthen, submit } from "./peerscape.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "heron lantern seventy bridges";
const pictures = process.env.SHOTS; // folder for pictures; none are taken without
let site, chromium, manager, colleague, page;

async function newPage(options = {}) {
  const context = await chromium.newContext({ locale: "en-GB", bypassCSP: true, viewport: { width: 1440, height: 900 }, ...options });
  const tab = await context.newPage();
  tab.setDefaultTimeout(30_000);
  return tab;
}

before(async () => {
  site = await serve({ named: true });
  chromium = await browser();
  page = manager = await newPage();
  await setUp(page, site, { name: "Maija", email: "maija@example.org", password });
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

const heading = (tab = page) => tab.locator("h1").innerText();
const go = (path, tab = page) => tab.goto(site.url + path);

/** Looks for violations and for what does not fit, and takes pictures. */
async function look(name, tab = page) {
  for (const [width, colorScheme] of [[390, "light"], [768, "light"], [1440, "light"], [390, "dark"], [1440, "dark"]]) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme });
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await tab.screenshot({ path: join(pictures, `${name.replaceAll(/\W+/g, "-")}-${width}-${colorScheme}.png`), fullPage: true });
    }
    if (width === 768 || (colorScheme === "dark" && width === 1440)) continue;
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

test("a partnership is set up in three steps", async () => {
  await go("/partnerships");
  await look("empty list");
  await submit(page, "main .btn");
  await look("step 1");
  await page.fill("#short", "Lakes & Cities");
  await page.fill("#title", "Regions of lakes beside a metropolis");
  await page.fill("#from", "2026-13-01");
  await page.check("#themes-talent");
  await submit(page, "#own form button");
  assert.match(await page.locator(".wrong").innerText(), /is no date/);
  assert.equal(await page.inputValue("#short"), "Lakes & Cities", "what was typed is lost");
  assert.ok(await page.isChecked("#themes-talent"), "what was ticked is lost");
  await look("step 1 refused");
  await page.fill("#from", "2026-09-01");
  await page.fill("#to", "2030-08-31");
  await submit(page, "#own form button");

  assert.match(page.url(), /\/partnerships\/lakes-cities\/setup\/partners$/);
  await look("step 2");
  await page.fill("[name='organisation.0']", "Päijät-Hämeen liitto");
  await page.fill("[name='region.0']", "Päijät-Häme");
  await page.fill("[name='organisation.1']", "ecoplus");
  await page.fill("[name='region.1']", "Atlantis");
  await submit(page, "main form.stack .btn");
  assert.match(await page.locator(".wrong").innerText(), /no region “Atlantis”/);
  await page.fill("[name='region.1']", "AT12");
  await submit(page, "main form.stack .btn");

  await look("step 3");
  await page.fill("[name='name.0']", "Regional strategy 2030");
  await page.selectOption("[name='sort.0']", "regional");
  await page.selectOption("[name='partner.0']", { label: "Päijät-Hämeen liitto" });
  await submit(page, "main form.stack .btn");
  assert.equal(await heading(), "Lakes & Cities");
  const text = await page.locator("main").innerText();
  for (const want of ["Päijät-Hämeen liitto", "FI1C6", "lead partner", "Regional strategy 2030", "internal"]) {
    assert.ok(text.includes(want), `the page does not say ${want}`);
  }
  assert.equal(await page.locator("#semesters tbody tr").count(), 8);
  await look("partnership, new");
});

test("somebody is invited and joins", async () => {
  await go("/partnerships/lakes-cities/people");
  await look("people");
  await page.fill("#email", "aino@example.org");
  await page.selectOption("#role", "project-manager");
  await submit(page, "#invite button");
  const link = await page.locator(".secret").innerText();
  await look("people, invited");
  colleague = await newPage();
  await colleague.goto(link);
  await colleague.fill("#name", "Aino");
  await colleague.fill("#password", password);
  await submit(colleague, "form.stack button");
  await go("/partnerships/lakes-cities", colleague);
  assert.equal(await heading(colleague), "A second factor is needed", "a project manager works with a password alone");
  await strengthen(colleague);
  assert.equal(await heading(colleague), "Lakes & Cities");
});

test("what two write at once is joined", async () => {
  const edit = "#instruments .tools-part a >> nth=0";
  for (const tab of [manager, colleague]) {
    await go("/partnerships/lakes-cities", tab);
    await submit(tab, edit);
  }
  await look("form of an instrument", colleague);
  await colleague.fill("#responsible", "Regional Council");
  await colleague.fill("#note", "Named who is in charge");
  await submit(colleague, "form.stack .btn >> nth=0");
  await manager.fill("#authority", "Ministry");
  await manager.fill("#name", "Regional strategy 2031");
  await submit(manager, "form.stack .btn >> nth=0");
  assert.match(await manager.locator("[role=alert]").innerText(), /Somebody else has changed this/);
  assert.equal(await manager.inputValue("#responsible"), "Regional Council");
  assert.equal(await manager.inputValue("#authority"), "Ministry");
  assert.equal(await manager.inputValue("#name"), "Regional strategy 2031");
  await look("joined form", manager);
  await submit(manager, "form.stack .btn >> nth=0");
  const text = await manager.locator("#instruments").innerText();
  assert.ok(text.includes("Ministry") && text.includes("Regional Council") && text.includes("2031"), text);
});

test("an earlier version is brought back", async () => {
  await submit(page, "#instruments .tools-part a:has-text('History')");
  assert.equal(await page.locator("#versions tbody tr").count(), 3);
  assert.match(await page.locator("#versions").innerText(), /Aino[^]*Named who is in charge/);
  assert.match(await page.locator("#changes").innerText(), /Managing authority[^]*Ministry/);
  await look("history");
  await submit(page, "#versions tbody tr:last-child button");
  assert.equal(await page.locator("#versions tbody tr").count(), 4);
  assert.match(await page.locator("#versions tbody tr >> nth=0").innerText(), /as version 1/);
  await go("/partnerships/lakes-cities");
  assert.ok(!(await page.locator("#instruments").innerText()).includes("Ministry"), "the old version is not there");
});

test("a text is translated beside its original", async () => {
  await submit(page, "#instruments .tools-part a:has-text('Translate')");
  await page.selectOption("#to", "fi");
  await submit(page, "form[method=get] button");
  await look("translation");
  await page.fill("#name", "Maakuntastrategia 2030");
  await submit(page, "form[method=post].stack .btn");
  await go("/partnerships/lakes-cities?lang=fi");
  assert.match(await page.locator("#instruments h3").innerText(), /Maakuntastrategia 2030/);
  await go("/partnerships/lakes-cities?lang=de");
  assert.match(await page.locator("#instruments h3").innerText(), /Regional strategy 2030/);
  assert.equal(await page.locator("#instruments h3").getAttribute("lang"), "en");
  await go("/partnerships/lakes-cities?lang=en");
});

test("visitors see the public face alone", async () => {
  const visitor = await newPage();
  assert.equal((await go("/partnerships/lakes-cities", visitor)).status(), 404);
  await submit(page, "button[name=public]");
  assert.equal((await go("/partnerships/lakes-cities", visitor)).status(), 200);
  assert.equal(await visitor.locator("#semesters").count(), 0);
  assert.equal(await visitor.locator("main form").count(), 0);
  assert.ok(!(await visitor.locator("main").innerText()).includes("Aino"));
  await look("partnership, public", visitor);
});

test("the demonstration is the other choice", async () => {
  const fresh = await serve({ named: true });
  try {
    const tab = await newPage();
    await setUp(tab, fresh, { name: "Maija", email: "maija@example.org", password });
    assert.equal(await heading(tab), "New partnership");
    await submit(tab, "#demo button");
    assert.equal(await heading(tab), "Next2Met");
    assert.ok((await tab.locator("#results tbody tr").count()) >= 6);
    const partners = await tab.locator("#partners").innerText();
    for (const want of ["FI1C6 (FI1C3 before)", "beside Helsinki", "in focus"]) assert.ok(partners.includes(want), partners);
    assert.ok(!partners.includes("IE02"), "a code from before the project");
    await look("demonstration", tab);
    for (const lang of ["fi", "de", "es", "pl"]) {
      await tab.goto(`${fresh.url}/partnerships/next2met?lang=${lang}`);
      await look(`demonstration in ${lang}`, tab);
    }
  } finally {
    fresh.stop();
  }
});

test("the forms work without script", async () => {
  const tab = await newPage({ javaScriptEnabled: false, storageState: await manager.context().storageState() });
  await go("/partnerships/lakes-cities/phases/new", tab);
  await tab.fill("#name", "Core phase");
  await tab.fill("#from", "2026-09");
  await submit(tab, "form.stack .btn >> nth=0");
  assert.match(await tab.locator("#phases").innerText(), /Core phase/);
  await submit(tab, "#phases .tools-part a >> nth=0");
  await submit(tab, "form[action$=remove] button");
  assert.ok(!(await tab.locator("#phases").innerText()).includes("Core phase"));
});
