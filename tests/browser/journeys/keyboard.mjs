// Signing in and receiving at the counter without touching the mouse.

const PROCEDURE = "1.001193";
/** More presses than any page of ours needs to come round. */
const PRESSES_MAX = 150;

export async function journey({ browser, password }) {
  const { page } = await browser.person("keyboard");
  await page.goto("/sign-in");
  await reach(page, "#login");
  await page.keyboard.type("motcua");
  await reach(page, "#password");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/work");

  await page.goto("/intake");
  await reach(page, "main #q");
  await page.keyboard.type("khai sinh");
  await page.keyboard.press("Enter");
  await page.waitForURL("**q=khai+sinh**");
  await reach(page, `main a[href$="procedure=${PROCEDURE}"]`);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**procedure=${PROCEDURE}**`);

  for (const [field, text] of [
    ["owner_name", "Sơn Thị Ngọc Lành"],
    ["owner_number", "092185000456"],
    ["owner_phone", "0939222333"],
  ]) {
    await reach(page, `#${field}`);
    await seen(page);
    await page.keyboard.type(text);
  }
  // Every paper as an original on paper: one press of the arrow inside the group.
  for (const group of await page.locator("fieldset.paper-row").all()) {
    const id = await group.getAttribute("id");
    await reach(page, `[id="${id}"] input[type=radio]`);
    for (let turn = 0; turn < 4 && (await valueOf(page)) !== "paper"; turn += 1) await page.keyboard.press("ArrowDown");
  }
  await reach(page, "main form button[type=submit]");
  await seen(page);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/dossiers/**");
  await page.getByRole("status").first().waitFor();
}

/** Presses Tab until the focus is on the element. */
async function reach(page, selector) {
  for (let press = 0; press < PRESSES_MAX; press += 1) {
    const there = await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector);
    if (there) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} cannot be reached with Tab on ${page.url()}`);
}

/** Whoever has the focus must be seen to have it (WCAG 2.4.7). */
async function seen(page) {
  const visible = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  });
  if (!visible) throw new Error(`the focus is not seen on ${page.url()}`);
}

async function valueOf(page) {
  return page.evaluate(() => (document.activeElement?.checked ? document.activeElement.value : ""));
}
