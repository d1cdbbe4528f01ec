// One browser for many journeys; each person has a window of their own.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const OUT = fileURLToPath(new URL("./out/", import.meta.url));
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** What axe is asked: WCAG 2.2 at level AA, with everything below it. */
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export class Browser {
  static async open(address, executablePath) {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    return new Browser(await chromium.launch({ executablePath, args: FLAGS }), address, axe);
  }

  constructor(chromium, address, axe) {
    Object.assign(this, { chromium, address, axe, people: [], complaints: [] });
  }

  /** A new window. `width` in CSS pixels; 360 is a small phone, 1366 the desks' screens. */
  async person(name, { width = 1366, javaScript = true } = {}) {
    const context = await this.chromium.newContext({
      baseURL: this.address,
      javaScriptEnabled: javaScript,
      locale: "vi-VN",
      timezoneId: "Asia/Ho_Chi_Minh",
      viewport: { width, height: width < 600 ? 740 : 768 },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    // What nobody on the screen would notice: script errors, refused scripts and styles, answers of 500.
    page.on("pageerror", (error) => this.complaints.push(`${name}: script error ${error.message}`));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" && !/status of 4\d\d/.test(text)) this.complaints.push(`${name}: ${text}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500) this.complaints.push(`${name}: ${response.status()} ${response.url()}`);
      if (response.status() === 404 && response.url().includes("/assets/")) this.complaints.push(`${name}: no ${response.url()}`);
    });
    const person = { name, context, page, width, javaScript };
    this.people.push(person);
    return person;
  }

  /** A person of the demonstration, signed in through the page. */
  async signedIn(login, password, options) {
    const person = await this.person(login, options);
    await signIn(person.page, login, password);
    return person;
  }

  /** Nothing beside the page may be wider than the screen: no sideways scrolling. */
  async fits(page) {
    const over = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      if (wide <= 0) return null;
      const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
      return `${wide} px too wide: ${out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ")}`;
    });
    if (over) this.complaints.push(`${path(page)} at ${page.viewportSize().width} px: ${over}`);
  }

  /** What axe finds on the page, as lines. */
  async check(page) {
    const loaded = await page.evaluate(() => typeof window.axe === "object");
    if (!loaded) await page.evaluate(this.axe);
    const found = await page.evaluate(
      (values) => window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
      AXE_TAGS,
    );
    for (const violation of found.violations) {
      const node = violation.nodes[0];
      const reason = (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? "";
      this.complaints.push(
        `${path(page)} at ${page.viewportSize().width} px: ${violation.id} (${violation.nodes.length}): ${node.html.slice(0, 200)} ${reason}`,
      );
    }
  }

  /** Looks at the page as it stands: with axe where scripts run, and for sideways scrolling. */
  async look(person) {
    await this.fits(person.page);
    if (person.javaScript) await this.check(person.page);
  }

  /** Fails with everything noticed since the last time. */
  complain() {
    const all = [...new Set(this.complaints)];
    this.complaints = [];
    if (all.length > 0) throw new Error(`noticed on the way:\n  ${all.join("\n  ")}`);
  }

  async pictures(name) {
    await mkdir(OUT, { recursive: true });
    for (const person of this.people) {
      const file = `${OUT}${name.replaceAll(/[^a-z0-9]+/gi, "-")}.${person.name}.png`;
      await person.page.screenshot({ path: file, fullPage: true }).catch(() => {});
      console.log(`        ${person.name} stands at ${person.page.url()}, see ${file}`);
    }
    this.complaints = [];
  }

  async closePeople() {
    for (const person of this.people) await person.context.close();
    this.people = [];
  }

  async close() {
    await this.chromium.close();
  }
}

export function path(page) {
  const url = new URL(page.url());
  return url.pathname + url.search;
}

export async function signIn(page, login, password) {
  await page.goto("/sign-in");
  await page.getByLabel("Tên đăng nhập").fill(login);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(password);
  await page.getByRole("main").getByRole("button", { name: "Đăng nhập" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
