// Every page of every role's menu, and one page deeper, in both widths: axe, sideways scrolling, script errors.

import { path } from "../browser.mjs";

const PEOPLE = ["congdan", "motcua", "chuyenvien", "truongphong", "chutich", "lanhdao", "cchc", "thanhtra", "danhmuc", "quantri"];
/** Pages without a sign-in. */
const PUBLIC = ["/", "/sign-in", "/sign-up", "/procedures", "/procedures/1.001193", "/track", "/help", "/units", "/admin-units", "/feedback", "/feedback/new", "/dialogues", "/desks", "/desks/H13.32.01/kiosk", "/desks/H13.32.01/screen", "/regulation", "/no-such-page"];
/** Links followed from each page of the menu. */
const DEEPER_MAX = 2;

export async function journey({ browser, password }) {
  const seen = new Set();
  const visitor = await browser.person("visitor");
  for (const address of PUBLIC) await look(browser, visitor.page, address, seen);
  for (const login of PEOPLE) {
    const { page } = await browser.signedIn(login, password);
    const menu = await links(page, "nav.main-nav a");
    if (menu.length === 0) throw new Error(`${login} has no menu`);
    for (const address of ["/account", ...menu]) {
      await look(browser, page, address, seen);
      const deeper = (await links(page, "main a")).filter((link) => !seen.has(shape(link)));
      const shapes = new Map(deeper.map((link) => [shape(link), link]));
      for (const link of [...shapes.values()].slice(0, DEEPER_MAX)) await look(browser, page, link, seen);
    }
  }
  console.log(`        ${seen.size} kinds of pages looked at in two widths`);
}

async function look(browser, page, address, seen) {
  if (seen.has(shape(address))) {
    await page.goto(address);
    return;
  }
  seen.add(shape(address));
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(address);
  for (const [width, height] of [[360, 740], [1366, 768]]) {
    // Turned or widened, the page stays the one that was loaded.
    await page.setViewportSize({ width, height });
    await browser.fits(page);
    await browser.check(page);
  }
  // Whoever reads large letters sets them twice as large: nothing may leave the screen for it (WCAG 1.4.4).
  const grown = await page.evaluate(() => {
    const size = () => parseFloat(getComputedStyle(document.querySelector("main")).fontSize);
    const before = size();
    document.documentElement.style.fontSize = "200%";
    return size() / before;
  });
  if (grown !== 2) browser.complaints.push(`${path(page)}: letters grow ${grown} times where twice is asked`);
  await browser.fits(page);
  if ((await page.locator("h1").count()) !== 1) browser.complaints.push(`${path(page)}: one h1 is wanted`);
}

async function links(page, selector) {
  const found = await page.locator(selector).evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  return [...new Set(found)].filter((link) => link?.startsWith("/") && !/^\/(sign-out|language|assets)|\/files\/|\/print\/|\/letter$|format=|\.ics$/.test(link));
}

/** Pages of one kind share their path without codes, ids and questions. */
function shape(address) {
  return address.split(/[?#]/)[0].replaceAll(/\/(\d[\w.-]*|H\d\d[\w.-]*|[0-9a-f-]{20,})/g, "/*");
}
