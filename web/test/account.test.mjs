// A person's way through her account, with a virtual authenticator: set-up,
// password, passkey, one-time codes, sessions, language, copy and erasure.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { browser, codeNow, serve, submit } from "./peerscape.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const password = "heron lantern seventy bridges";
let site, chromium, context, page;

before(async () => {
  site = await serve({ named: true });
  chromium = await browser();
  context = await chromium.newContext({ locale: "en-GB", bypassCSP: true, viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
});
after(async () => {
  await chromium?.close();
  site?.stop();
});

const heading = () => page.locator("h1").innerText();

async function noViolation(name) {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(axe);
    const found = await page.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
    );
    assert.deepEqual(found.violations.map((v) => `${name}, ${width}: ${v.id}: ${v.nodes[0].html.slice(0, 160)}`), []);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, `${name} is wider than ${width} pixels`);
  }
}

async function signIn(next = "") {
  await page.goto(site.url + "/sign-in" + next);
  await page.fill("#email", "maija@example.org");
  await page.fill("#password", password);
  await submit(page, "form.stack button");
}

test("the first set-up makes an administrator", async () => {
  await page.goto(site.setup);
  await noViolation("setup");
  await page.fill("#name", "Maija");
  await page.fill("#email", "maija@example.org");
  await page.fill("#password", "password1234");
  await submit(page, "form.stack button");
  assert.match(await page.locator(".wrong").innerText(), /easy to guess/);
  await noViolation("setup, refused");
  assert.equal(await page.inputValue("#name"), "Maija", "what was typed is lost");
  await page.fill("#password", password);
  await submit(page, "form.stack button");
  assert.equal(await heading(), "A second factor is needed");
  await noViolation("second factor");
  await page.goto(site.url + "/people");
  assert.match(page.url(), /second-factor/, "an administrator without a second factor gets through");
  await page.goto(site.url + "/account");
  assert.equal(await heading(), "My account");
  await noViolation("account");
});

test("a passkey is added and signs in", async () => {
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await page.goto(site.url + "/account");
  await page.fill("#passkey-name", "office laptop");
  await page.click("passkey-add button");
  await page.waitForURL(/done=passkey/);
  assert.match(await page.locator("#passkeys").innerText(), /office laptop/);
  await submit(page, "text=Sign out");
  await page.goto(site.url + "/sign-in?next=/regions/FI1C6");
  await noViolation("sign-in");
  await page.click("passkey-sign-in button");
  await page.waitForURL(site.url + "/regions/FI1C6");
});

test("a password alone neither proves nor adds anything where there is a passkey", async () => {
  const other = await chromium.newContext({ locale: "en-GB" });
  const tab = await other.newPage();
  await tab.goto(site.url + "/sign-in");
  await tab.fill("#email", "maija@example.org");
  await tab.fill("#password", password);
  await submit(tab, "form.stack button");
  assert.equal(await tab.locator("h1").innerText(), "A second factor is needed");
  await tab.goto(site.url + "/account");
  await submit(tab, "#codes button");
  assert.match(tab.url(), /\/prove/);
  assert.equal(await tab.locator("#password").count(), 0, "the password alone is asked for");
  await other.close();
});

test("codes from a phone are a second step", async () => {
  await page.goto(site.url + "/account");
  await submit(page, "#codes button");
  await noViolation("codes");
  const secret = await page.locator("code.secret").innerText();
  await page.fill("#confirm", "000000");
  await submit(page, "#enrol form button");
  assert.match(await page.locator(".wrong").innerText(), /not right/);
  await submit(page, "#codes button");
  const shown = await page.locator("code.secret").innerText();
  assert.notEqual(shown, secret, "the refused secret stays");
  const used = codeNow(shown);
  await page.fill("#confirm", used);
  await submit(page, "#enrol form button");
  const recovery = await page.locator(".codes code").allInnerTexts();
  assert.equal(recovery.length, 10);
  await submit(page, "text=Sign out");
  await signIn();
  assert.equal(await heading(), "Second step");
  await noViolation("second step");
  await page.fill("#code", used);
  await submit(page, "form.stack button");
  assert.match(await page.locator(".wrong").innerText(), /not right/, "a code is taken twice");
  await page.fill("#code", recovery[3].toUpperCase());
  await submit(page, "form.stack button");
  assert.equal(await heading(), "My account");
  assert.match(await page.locator("#codes").innerText(), /9 recovery codes/);
  await submit(page, "#codes button");
  await page.waitForURL(/done=codes-dropped/);
});

test("sessions can be seen and ended", async () => {
  const other = await chromium.newContext({ locale: "en-GB" });
  const elsewhere = await other.newPage();
  await elsewhere.goto(site.url + "/sign-in");
  await elsewhere.fill("#email", "maija@example.org");
  await elsewhere.fill("#password", password);
  await submit(elsewhere, "form.stack button");
  await page.goto(site.url + "/account");
  assert.ok((await page.locator("#sessions tbody tr").count()) >= 2);
  await submit(page, "text=End all other sessions");
  await elsewhere.goto(site.url + "/account");
  assert.match(elsewhere.url(), /sign-in\?next=/, "the ended session still works");
  await other.close();
});

test("the language follows the person", async () => {
  await page.goto(site.url + "/account");
  await page.selectOption("#lang", "fi");
  await submit(page, "#profile form button");
  const fresh = await chromium.newContext({ locale: "de-DE", storageState: await context.storageState() });
  const tab = await fresh.newPage();
  await tab.goto(site.url + "/account");
  assert.equal(await tab.locator("html").getAttribute("lang"), "fi");
  await fresh.close();
  await page.selectOption("#lang", "");
  await submit(page, "#profile form button");
});

test("without script, everything but passkeys works", async () => {
  const plain = await chromium.newContext({ locale: "en-GB", javaScriptEnabled: false });
  const tab = await plain.newPage();
  await tab.goto(site.url + "/account");
  assert.match(tab.url(), /sign-in\?next=%2Faccount/);
  await tab.fill("#email", "maija@example.org");
  await tab.fill("#password", password);
  await submit(tab, "form.stack button");
  assert.equal(await tab.locator("h1").innerText(), "A second factor is needed");
  await submit(tab, "text=Sign out");
  await tab.goto(site.url + "/account");
  assert.match(tab.url(), /sign-in\?next=/);
  await plain.close();
});

test("an invitation makes one account, once", async () => {
  await page.goto(site.url + "/people");
  await noViolation("people");
  await page.fill("#email", "jan@example.org");
  await submit(page, "#invite button");
  const link = await page.locator(".done code").innerText();
  await noViolation("people, invited");
  const other = await chromium.newContext({ locale: "pl-PL" });
  const tab = await other.newPage();
  await tab.goto(link);
  await tab.fill("#name", "Jan");
  await tab.fill("#password", "siedem cichych jezior latem");
  await submit(tab, "form.stack button");
  assert.equal(await tab.locator("h1").innerText(), "Potrzebny jest drugi składnik");
  const stranger = await (await chromium.newContext()).newPage();
  assert.equal((await stranger.goto(link)).status(), 409, "the link works twice");
  await stranger.context().close();
  await page.goto(site.url + "/audit");
  await noViolation("audit");
  assert.match(await page.locator("tbody").innerText(), /accepted an invitation/);
  // The new person erases herself; the log keeps the line without the name.
  await tab.goto(site.url + "/account/data");
  await tab.fill("#email", "jan@example.org");
  await submit(tab, "#erase button");
  assert.match(await tab.locator("h1").innerText(), /usunięte/);
  await other.close();
  await page.goto(site.url + "/audit");
  assert.match(await page.locator("tbody").innerText(), /an erased account/);
  await page.goto(site.url + "/people");
  assert.doesNotMatch(await page.locator("#accounts").innerText(), /jan@example.org/);
});

test("a person gets a copy of her data", async () => {
  await page.goto(site.url + "/account/data");
  await noViolation("data");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Download my data")]);
  const data = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.equal(data.account.email, "maija@example.org");
  assert.ok(data.audit.length > 5);
});

test("the last administrator cannot erase herself, and nothing is lost", async () => {
  await page.goto(site.url + "/account/data");
  await page.fill("#email", "maija@example.org");
  await submit(page, "#erase button");
  assert.match(await page.locator(".wrong").innerText(), /last one/);
  await page.goto(site.url + "/account");
  assert.equal(await heading(), "My account");
});
