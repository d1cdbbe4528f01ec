// The leader's pages as a leader sees them: the first one whole on a common office screen, the long ones bearable on a phone.

/** The screen of an old office PC, and how far a person scrolls on a phone before giving up, in CSS pixels. */
const SCREEN = { width: 1366, height: 768 };
const PHONE = { width: 360, height: 740 };
const THUMB_MAX = 8_000;

export async function journey({ browser, password }) {
  const { page } = await browser.signedIn("lanhdao", password);
  const height = async (address, size) => {
    await page.setViewportSize(size);
    await page.goto(address);
    return page.evaluate(() => document.documentElement.scrollHeight);
  };
  const dashboard = await height("/steering", SCREEN);
  if (dashboard > SCREEN.height) throw new Error(`the dashboard is ${dashboard} px high on a screen of ${SCREEN.height}`);

  for (const address of ["/steering/programmes/soc-trang-2021", "/steering/missing", "/steering/targets/NT-033"]) {
    const high = await height(address, PHONE);
    if (high > THUMB_MAX) throw new Error(`${address} is ${high} px long on a phone`);
    await browser.fits(page);
    await browser.check(page);
  }
  // From a number to its cases: how many, promised for when, how late.
  await page.setViewportSize(SCREEN);
  await page.goto("/steering/targets/NT-033");
  await page.getByRole("link", { name: /chưa đạt$/ }).first().click();
  await page.waitForURL("**/cases**");
  const heads = await page.locator("thead th").allTextContents();
  for (const head of ["Hẹn trả", "Trễ"]) if (!heads.includes(head)) throw new Error(`no column ${head}: ${heads}`);
  const late = await page.locator("tbody tr").first().textContent();
  if (!/trễ \d+ (giờ|ngày) làm việc/.test(late)) throw new Error(`a late case does not say how late: ${late}`);
  await browser.check(page);
}
