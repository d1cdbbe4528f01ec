// Whoever handed in at the counter rates with the code of the receipt: without an account, once, and nobody at the office reads it.

import { act, fold } from "./thread.mjs";

const COUNTER = "/intake?procedure=1.001193"; // Đăng ký khai sinh
const OWNER = "Sơn Thị Mỹ Duyên";
const RECEIVER = "Sơn Văn Tám";
const AUTHORITY = "Giấy ủy quyền số 12 ngày 20/11/2026";
const RESULT = { name: "giay-khai-sinh.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") };
const ANSWER = "Không hài lòng";

export async function journey({ browser, password }, { javaScript }) {
  const official = (login) => browser.signedIn(login, password, { javaScript });
  const clerk = await official("motcua");
  const code = await receive(browser, clerk);
  const rating = await receipt(browser, clerk, code);

  const visitor = await browser.person("visitor", { width: 360, javaScript });
  await lookUp(visitor.page, rating);
  await refused(browser, visitor, "chưa giải quyết xong");

  const officer = await official("chuyenvien");
  const chairman = await official("chutich");
  await act(browser, officer, code, "Chuyển bước tiếp");
  await act(browser, chairman, code, "Duyệt, ký kết quả", { result: RESULT });
  await handOver(browser, clerk, code);

  await rate(browser, visitor, rating);
  await lookUp(visitor.page, rating);
  await refused(browser, visitor, "đã được đánh giá");

  for (const one of [officer, chairman, clerk]) await nobodyReads(one.page, code);
  for (const one of [clerk, visitor, officer, chairman]) await one.context.close();
  browser.people = [];
}

async function receive(browser, clerk) {
  const { page } = clerk;
  await page.goto(COUNTER);
  await browser.look(clerk);
  for (const [field, text] of [["owner_name", OWNER], ["owner_number", "092185000456"], ["owner_phone", "0939222333"]]) {
    await page.locator(`#${field}`).fill(text);
  }
  await page.locator("#all_papers").check();
  await page.locator("#intake-form button.btn-primary").click();
  await page.waitForURL("**/dossiers/**");
  return decodeURIComponent(new URL(page.url()).pathname.split("/").pop());
}

/** The code for rating as the receipt has it. */
async function receipt(browser, clerk, code) {
  const { page } = clerk;
  await page.goto(`/dossiers/${code}`);
  await page.getByRole("link", { name: /giấy tiếp nhận/i }).first().click();
  await page.waitForURL("**/slip");
  await browser.look(clerk);
  const line = page.locator("article.slip dl div").filter({ hasText: "Mã đánh giá" });
  const text = await line.innerText();
  const found = text.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  if (!found || !text.includes("/rate")) throw new Error(`the receipt says of rating: ${text}`);
  return found[0];
}

async function lookUp(page, rating) {
  await page.goto("/rate");
  await page.getByLabel("Mã đánh giá").fill(rating.toLowerCase().replaceAll("-", " "));
  await page.getByRole("main").getByRole("button", { name: "Tiếp tục" }).click();
  await page.waitForLoadState();
}

async function refused(browser, visitor, why) {
  const alert = await visitor.page.getByRole("alert").first().innerText();
  if (!alert.includes(why)) throw new Error(`refused with: ${alert}`);
  await browser.look(visitor);
}

/** Into somebody else's hands, on a paper that says so; without the paper it is refused. */
async function handOver(browser, clerk, code) {
  const { page } = clerk;
  await page.goto(`/dossiers/${code}`);
  let form = await fold(page, "Trả kết quả");
  await form.getByLabel("Trả cho ai").selectOption({ label: "Người được ủy quyền" });
  await form.getByLabel("Họ tên người nhận").fill(RECEIVER);
  await form.getByRole("button", { name: "Trả kết quả" }).click();
  await page.getByRole("alert").first().waitFor();
  await browser.look(clerk);
  form = await fold(page, "Trả kết quả");
  if ((await form.getByLabel("Họ tên người nhận").inputValue()) !== RECEIVER) throw new Error("the receiver typed was lost");
  await form.getByLabel("Số, ngày của giấy ủy quyền").fill(AUTHORITY);
  await form.getByRole("button", { name: "Trả kết quả" }).click();
  await page.getByRole("status").first().waitFor();
  const history = await page.locator("ol.timeline li").first().innerText();
  for (const word of [RECEIVER, AUTHORITY]) if (!history.includes(word)) throw new Error(`handed over: ${history}`);
  await browser.look(clerk);
}

async function rate(browser, visitor, rating) {
  const { page } = visitor;
  await lookUp(page, rating);
  await browser.look(visitor);
  const shown = await page.getByRole("main").innerText();
  if (!shown.includes("khai sinh") || shown.includes(OWNER)) throw new Error(`the page of a code shows: ${shown}`);
  await page.getByLabel(ANSWER, { exact: true }).check();
  await page.getByRole("main").getByRole("button", { name: "Gửi" }).click();
  await page.getByText("Cảm ơn ông/bà").first().waitFor();
  await browser.look(visitor);
}

async function nobodyReads(page, code) {
  await page.goto(`/dossiers/${code}`);
  const text = await page.getByRole("main").innerText();
  if (/hài lòng|đánh giá/i.test(text)) throw new Error("an official reads the rating on the dossier's page");
}
