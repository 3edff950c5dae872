// What only a browser can tell: weight, origin, policy, no script, keyboard,
// narrow screens, paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, pages, serve } from "./peerscape.mjs";

let site, chromium;
before(async () => {
  site = await serve();
  chromium = await browser();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

/** Opens a page in a fresh context; `seen` collects requests and complaints. */
async function open(path, options = {}) {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on("request", (r) => seen.requests.push(r.url()));
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && seen.complaints.push(m.text()));
  page.on("pageerror", (e) => seen.complaints.push(String(e)));
  await page.goto(site.url + path, { waitUntil: "networkidle" });
  return { page, seen, close: () => context.close() };
}

for (const locale of ["en", "fi", "de", "es", "pl"]) {
  test(`the first view weighs less than 100 kB (${locale})`, async () => {
    const context = await chromium.newContext({ locale });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.enable");
    let bytes = 0;
    cdp.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
    await page.goto(site.url + "/", { waitUntil: "networkidle" });
    const lang = await page.getAttribute("html", "lang");
    const missing = await page.evaluate(() => [...document.fonts].filter((f) => f.status === "error").map((f) => f.family));
    await context.close();
    assert.equal(lang, locale);
    assert.deepEqual(missing, []);
    assert.ok(bytes > 50_000, `${bytes} bytes: the fonts were not counted`);
    assert.ok(bytes < 100_000, `${bytes} bytes were transferred`);
  });
}

test("no request leaves the origin and nothing is complained about", async () => {
  for (const [name, path] of Object.entries(pages)) {
    const { seen, close } = await open(path);
    await close();
    assert.deepEqual(seen.requests.filter((u) => !u.startsWith(site.url + "/") && !u.startsWith("data:")), [], name);
    // A missing page answers 404, which the browser notes.
    assert.deepEqual(seen.complaints.filter((c) => !/status of 404/.test(c)), [], name);
  }
});

test("indicator, year and level change without a page load", async () => {
  const { page, seen, close } = await open("/");
  await page.evaluate(() => (globalThis.stayed = true));
  const before = await page.textContent("h1");
  await page.selectOption("#indicator", "unemployment");
  await page.waitForURL(/indicator=unemployment/);
  await page.waitForFunction((t) => document.querySelector("h1").textContent !== t, before);
  assert.match(await page.title(), /Unemployment/);
  const years = await page.$$eval("#year option", (all) => all.map((o) => o.value));
  await page.selectOption("#year", years[2]);
  await page.waitForURL(new RegExp(`year=${years[2]}`));
  await page.waitForFunction((y) => document.querySelector("#map")?.getAttribute("aria-label").includes(y), years[2]);
  await page.selectOption("#indicator", "population");
  await page.waitForURL(/indicator=population/);
  await page.waitForSelector("#level option[value='3']", { state: "attached" });
  await page.selectOption("#level", "3");
  await page.waitForFunction(() => document.querySelectorAll(".dots circle").length > 1000);
  assert.equal(await page.evaluate(() => globalThis.stayed), true, "the page was loaded anew");
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll(".dots circle").length < 1000);
  assert.deepEqual(seen.complaints, []);
  await close();
});

test("a circle tells its value when pointed at and when focused", async () => {
  const { page, close } = await open("/");
  await page.hover("#map a circle.ringp >> nth=0");
  await page.waitForFunction(() => document.querySelector("#readout b"));
  assert.match(await page.textContent("#readout"), /\(AT12\) 98/);
  await page.focus("#map a >> nth=-1");
  await page.waitForFunction(() => /PL84|FI1C|IE06|ES51|DE80/.test(document.querySelector("#readout").textContent));
  await close();
});

test("suggestions come while typing", async () => {
  const { page, close } = await open("/");
  await page.type("#q", "lahti", { delay: 20 });
  await page.fill("#q", "");
  await page.type("#q", "päij", { delay: 20 });
  await page.waitForSelector("#q-list option", { state: "attached" });
  assert.equal(await page.getAttribute("#q-list option", "value"), "Päijät-Häme (FI1C6)");
  await close();
});

test("everything works without script", async () => {
  const { page, close } = await open("/", { javaScriptEnabled: false });
  await page.selectOption("#indicator", "unemployment");
  await page.click(".pickers button");
  assert.match(page.url(), /indicator=unemployment/);
  assert.match(await page.textContent("title"), /Unemployment/);
  await page.fill("#q", "Lower Austria");
  await page.click(".search button");
  await page.click(".hits a");
  assert.match(await page.textContent("h1"), /Niederösterreich/);
  await page.click(".strips a.n");
  assert.ok(await page.isVisible("#source"));
  await page.click("details.data summary");
  assert.ok(await page.isVisible("details.data table"));
  await page.click(".theme button[value=dark]");
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
  assert.match(page.url(), /\/regions\/AT12\/indicators\//);
  await page.click(".pick summary");
  await page.click(".pick a[lang=fi]");
  assert.equal(await page.getAttribute("html", "lang"), "fi");
  await close();
});

test("the theme follows the system and the reader", async () => {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await open("/privacy", { colorScheme: "dark" });
  const light = await open("/privacy", { colorScheme: "light" });
  assert.notEqual(await ground(dark.page), await ground(light.page));
  const before = await ground(light.page);
  await light.page.click(".theme button[value=dark]");
  assert.equal(await ground(light.page), await ground(dark.page));
  await light.page.click(".theme button[value=system]");
  assert.equal(await ground(light.page), before);
  await dark.close();
  await light.close();
});

test("the keyboard reaches what a page offers, and one can see where", async () => {
  const { page, close } = await open("/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const met = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      return { what: e.id || e.getAttribute("aria-label") || e.textContent.trim().slice(0, 40), ring: style.outlineStyle !== "none" };
    });
    met.push(at);
    if (at.what === "System") break;
  }
  const names = met.map((m) => m.what);
  for (const want of ["q", "indicator", "year", "level", "read the table", "Privacy", "System"]) assert.ok(names.includes(want), `${want} is not reached: ${names}`);
  assert.equal(names.filter((n) => /Päijät|Niederösterreich|Podlaskie|Midland|Mecklenburg|Barcelona/.test(n)).length >= 6, true, `partner regions: ${names}`);
  assert.deepEqual(met.filter((m) => !m.ring), [], "focus cannot be seen");
  await close();
});

test("no page is wider than the screen", async () => {
  const views = [[320, "en-GB"], [390, "en-GB"], [768, "en-GB"], [320, "fi"], [320, "de"], [320, "es"], [320, "pl"]];
  for (const [width, locale] of views) {
    const { page, close } = await open("/", { viewport: { width, height: 800 }, locale });
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(site.url + path);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${name} is ${over} pixels too wide at ${width} (${locale})`);
    }
    await close();
  }
});

test("targets are large enough for a thumb", async () => {
  const { page, close } = await open("/", { viewport: { width: 390, height: 800 } });
  const small = await page.$$eval("button, select, input:not([type=hidden]), summary, .foot nav a", (all) =>
    all.filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5).map((e) => `${e.outerHTML.slice(0, 80)} ${e.getBoundingClientRect().height}`));
  assert.deepEqual(small, []);
  await close();
});

test("pages print on paper", async () => {
  for (const path of ["/", "/regions/FI1C6", "/regions/FI1C6/indicators/gdp_pps"]) {
    const { page, close } = await open(path);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    assert.ok(pdf.length > 10_000 && pdf.subarray(0, 4).toString() === "%PDF", path);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.isVisible("nav.main"), false, "the navigation is printed");
    assert.ok(await page.isVisible("h1"));
    await close();
  }
});
