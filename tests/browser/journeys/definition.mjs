// What an indicator counts is changed: proposed by the reform officer, decided by a leader of the province; a figure of last year stays.

const INDICATOR = "/steering/indicators/online-share";
const LAST_YEAR = `/steering/targets/ST-042?period=${new Date().getFullYear() - 1}`;

export async function journey({ browser, password }, { javaScript }) {
  const official = async (login) => browser.signedIn(login, password, { javaScript });
  const [keeper, leader] = [await official("cchc"), await official("lanhdao")];
  const before = await figure(browser, keeper);

  if (!/\d/.test(before)) throw new Error(`nothing was measured last year: ${before}`);
  // From the figure to what it counts.
  await keeper.page.getByRole("link", { name: "Các cách tính theo thời gian" }).click();
  await keeper.page.waitForURL(`**${INDICATOR}`);
  await browser.look(keeper);
  const first = new Date(Date.now() + (javaScript ? 3 : 10) * 86_400_000);
  const day = [first.getDate(), first.getMonth() + 1].map((part) => String(part).padStart(2, "0")).join("/") + `/${first.getFullYear()}`;
  const { page } = keeper;
  await page.getByLabel("Cách tính bằng lời, tiếng Việt").fill("Hồ sơ nộp trực tuyến có phí, lệ phí, trên hồ sơ tiếp nhận.");
  await page.getByLabel("Phải có: có phí, lệ phí").first().check();
  await page.getByLabel("Căn cứ thay đổi").fill("QĐ 15/QĐ-UBND ngày 20/11/2026");
  // A day that has begun is refused, and nothing typed is lost.
  await page.getByLabel("Từ ngày").fill("01/01/2025");
  await page.getByRole("button", { name: "Đề nghị" }).click();
  await page.getByText("số liệu đã có không tính lại").first().waitFor();
  await browser.look(keeper);
  if ((await page.getByLabel("Căn cứ thay đổi").inputValue()) !== "QĐ 15/QĐ-UBND ngày 20/11/2026") throw new Error("what was typed is lost");
  await page.getByLabel("Từ ngày").fill(day);
  await page.getByRole("button", { name: "Đề nghị" }).click();
  await page.getByText("Chờ quyết định").waitFor();
  if ((await page.getByRole("button", { name: "Đồng ý" }).count()) > 0) throw new Error("offered to decide on the own proposal");

  // It stands among the leader's work.
  await leader.page.goto("/due");
  await browser.look(leader);
  await leader.page.getByRole("link", { name: /DN\d\d-\d{4}/ }).first().click();
  await leader.page.waitForURL(`**${INDICATOR}`);
  await browser.look(leader);
  await leader.page.getByRole("button", { name: "Đồng ý", exact: true }).click();
  await leader.page.getByText("QĐ 15/QĐ-UBND ngày 20/11/2026").first().waitFor();
  await leader.page.getByRole("rowheader", { name: day }).waitFor();
  const versions = await leader.page.getByRole("row").filter({ hasText: "Hồ sơ tiếp nhận" }).count();
  if (versions < 2) throw new Error("the earlier definition is gone");

  const after = await figure(browser, keeper);
  if (after !== before) throw new Error(`last year's figure moved: ${before} is now ${after}`);
  await keeper.page.goto("/steering/indicators");
  await keeper.page.getByText("Cách tính mới từ").first().waitFor();
  await browser.look(keeper);
}

/** What the target's page says of last year. */
async function figure(browser, who) {
  await who.page.goto(LAST_YEAR);
  await browser.look(who);
  return who.page.locator(".figure-value").innerText();
}
