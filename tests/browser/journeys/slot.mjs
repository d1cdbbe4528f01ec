// A farmer's daughter books a slot at the ward's desk from her telephone, finds its code, and gives it back.

export async function journey({ browser, password }, { javaScript }) {
  const citizen = await browser.signedIn("congdan", password, { width: 360, javaScript });
  const { page } = citizen;
  await page.goto("/desks");
  await browser.look(citizen);
  await page.locator("main [name=q]").fill("ninh kieu");
  await page.locator("main form button[type=submit]").first().click();
  await page.getByRole("link", { name: /Ninh Kiều/ }).first().click();
  await browser.look(citizen);
  await page.getByRole("link", { name: "Đặt lịch hẹn" }).click();
  await page.locator("[name=field]").first().selectOption({ label: "Hộ tịch" });
  // Tomorrow or later: today's last slots may be over.
  await page.locator("select[name=day]").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Xem giờ còn trống" }).click();
  await browser.look(citizen);
  const slot = page.locator(".slots button:not([disabled])").first();
  const time = (await slot.innerText()).split("\n")[0].trim();
  await slot.click();

  await page.waitForURL("**/appointments");
  await browser.look(citizen);
  const booked = page.locator("section.card").filter({ hasText: "Đã đặt" }).first();
  const words = await booked.innerText();
  if (!words.includes(time) || !words.includes("Hộ tịch")) throw new Error(`${time} is not what was booked: ${words}`);
  const code = (await booked.locator(".big-code").innerText()).trim();
  if (!/^LH-[2-9A-HJ-NP-Z]{6}$/.test(code)) throw new Error(`${code} is no code`);
  await booked.getByRole("button", { name: /Hủy lịch hẹn/ }).click();
  await page.waitForURL("**/appointments");
  if (await page.getByText(code).count()) throw new Error("a slot given back still shows its code");
  await browser.look(citizen);
  await citizen.context.close();
  browser.people = [];
}
