// Papers as people have them: photos of both sides of a card, looked at by the clerk; a dossier found by its number; the result
// taken home.

import { path } from "../browser.mjs";
import { act, file, signUp } from "./thread.mjs";

/** One white dot, as a photo. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==",
  "base64",
);
const side = (name) => ({ name, mimeType: "image/png", buffer: DOT });
const SIDES = [side("mat-truoc.png"), side("mat-sau.png")];

export async function journey({ browser, password }, { javaScript }) {
  const citizen = await browser.person("citizen", { width: 360, javaScript });
  await signUp(citizen.page);
  const code = await file(browser, citizen, SIDES);
  await browser.look(citizen);

  // The owner's look-up leads to the dossier and tells nobody to sign in.
  await citizen.page.goto(`/track?code=${code}`);
  if (!path(citizen.page).startsWith(`/my/${code}`)) throw new Error(`the owner's look-up ends at ${path(citizen.page)}`);

  const clerk = await browser.signedIn("motcua", password, { javaScript });
  await bothSides(browser, clerk, code);
  await act(browser, clerk, code, "Tiếp nhận");

  const officer = await browser.signedIn("chuyenvien", password, { javaScript });
  await found(browser, officer, code);
  await act(browser, officer, code, "Chuyển bước tiếp");
  const chairman = await browser.signedIn("chutich", password, { javaScript });
  await act(browser, chairman, code, "Duyệt, ký kết quả", { result: { name: "ket-qua.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") } });

  await citizen.page.goto(`/my/${code}`);
  await browser.look(citizen);
  const link = citizen.page.getByRole("main").getByRole("link", { name: /ket-qua\.pdf/ }).last();
  const [download] = await Promise.all([citizen.page.waitForEvent("download"), link.click()]);
  if (download.suggestedFilename() !== "ket-qua.pdf") throw new Error(`the result comes as ${download.suggestedFilename()}`);
  const failure = await download.failure();
  if (failure) throw new Error(`the result does not come: ${failure}`);
  for (const one of [citizen, clerk, officer, chairman]) await one.context.close();
  browser.people = [];
}

/** The clerk sees that each paper has two files, and looks at one without saving it. */
async function bothSides(browser, clerk, code) {
  const { page, context } = clerk;
  await page.goto(`/dossiers/${code}`);
  const looks = page.locator('.papers a[target="_blank"]');
  if ((await looks.count()) < 4) throw new Error(`two papers have ${await looks.count()} files`);
  const [tab] = await Promise.all([context.waitForEvent("page"), looks.nth(1).click()]);
  await tab.waitForLoadState();
  if (!path(tab).includes("view=1")) throw new Error(`the paper opens at ${path(tab)}`);
  await tab.close();
}

/** The officer types the number that stands on the receipt. */
async function found(browser, officer, code) {
  const { page } = officer;
  await page.goto("/work");
  await page.getByLabel("Mã hồ sơ, tên, số điện thoại").fill(code);
  await page.getByRole("button", { name: "Lọc", exact: true }).click();
  await page.locator(`a.row-link[href^="/dossiers/${code}"]`).click();
  await page.waitForURL(`**/dossiers/${code}**`);
  await browser.look(officer);
  // The way on in the same list stands on the page.
  await page.getByRole("link", { name: "Hồ sơ tiếp theo" }).waitFor();
}
