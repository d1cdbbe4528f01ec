// A supplement: the officer asks for a paper and a corrected answer by a day, the applicant answers from a phone, the officer sees in the
// queue that something came, and on the page what was declared before.

import { path } from "../browser.mjs";
import { act, fold, file, signUp } from "./thread.mjs";

const PAPER = { name: "chung-sinh-ro.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") };
const REASON = "Giấy chứng sinh chụp mờ, tên của trẻ viết sai dấu so với giấy chứng sinh.";
/** What the form is filled with, and what it should have been. */
const [WRONG, RIGHT] = ["Lâm Thị Ánh Nguyệt", "Lâm Thị Ánh Nguyên"];

/** A day so many days from now, as people write it. */
function day(later) {
  const then = new Date(Date.now() + later * 86_400_000);
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh" }).format(then);
}

export async function journey({ browser, password }, { javaScript }) {
  const citizen = await browser.person("citizen", { width: 360, javaScript });
  await signUp(citizen.page);
  const code = await file(browser, citizen);
  const clerk = await browser.signedIn("motcua", password, { javaScript });
  const officer = await browser.signedIn("chuyenvien", password, { javaScript });
  await act(browser, clerk, code, "Tiếp nhận");
  const until = day(20);
  await ask(browser, officer, code, until);

  await answer(browser, citizen, code, until);

  await seen(browser, officer, code);
  for (const one of [citizen, clerk, officer]) await one.context.close();
  browser.people = [];
}

/** A list and a day; without the list it is refused, and nothing typed is lost. */
async function ask(browser, officer, code, until) {
  const { page } = officer;
  await page.goto(`/dossiers/${code}`);
  let form = await fold(page, "Yêu cầu bổ sung");
  await form.locator("textarea[name=reason]").fill(REASON);
  await form.getByRole("button", { name: "Yêu cầu bổ sung" }).click();
  await page.getByRole("alert").first().waitFor();
  await browser.look(officer);
  form = await fold(page, "Yêu cầu bổ sung");
  if ((await form.locator("textarea[name=reason]").inputValue()) !== REASON) throw new Error("the reason typed was lost");
  await form.locator("input[name=papers][value=giay-chung-sinh]").check();
  await form.locator("summary", { hasText: "Nội dung khai cần sửa" }).click();
  await form.locator("input[name=asked_answers][value=child_name]").check();
  await form.getByLabel("Bổ sung trước hết ngày").fill(until);
  await form.getByRole("button", { name: "Yêu cầu bổ sung" }).click();
  await page.getByRole("status").first().waitFor();
  await browser.look(officer);
}

async function answer(browser, citizen, code, until) {
  const { page } = citizen;
  await page.goto("/my");
  await browser.look(citizen);
  await page.getByRole("main").getByRole("link", { name: new RegExp(code) }).first().click();
  await page.waitForURL(`**/my/${code}**`);
  await browser.look(citizen);
  const asked = page.locator("#asked");
  const words = await asked.innerText();
  for (const one of [REASON, until, "Giấy chứng sinh"]) {
    if (!words.includes(one)) throw new Error(`the applicant does not read “${one}”:\n${words}`);
  }
  // Half of what was asked for is not enough; what is missing is named where it belongs.
  await page.locator('[id="answers.child_name"]').fill(RIGHT);
  await asked.getByRole("button", { name: "Gửi bổ sung" }).click();
  await page.getByRole("alert").first().waitFor();
  await browser.look(citizen);
  const alert = page.getByRole("alert").first();
  if ((await alert.getByRole("link").count()) !== 1) throw new Error(`one thing is missing: ${await alert.innerText()}`);
  const name = page.locator('[id="answers.child_name"]');
  if ((await name.inputValue()) !== RIGHT) throw new Error("the corrected name was lost");

  await page.locator("#asked").getByLabel("Giấy chứng sinh", { exact: false }).first().setInputFiles(PAPER);
  await page.locator("#asked").getByRole("button", { name: "Gửi bổ sung" }).click();
  await page.getByRole("status").first().waitFor();
  if (!path(page).startsWith(`/my/${code}`)) throw new Error(`the applicant ends at ${path(page)}`);
  if ((await page.locator("#asked").count()) > 0) throw new Error("it is still asked for");
  await browser.look(citizen);
}

/** In the queue, on the page, and what stood there before as history. */
async function seen(browser, officer, code) {
  const { page } = officer;
  await page.goto(`/work?q=${encodeURIComponent(code)}`);
  await browser.look(officer);
  const row = page.locator("table.rows tbody tr").filter({ hasText: code });
  if (!(await row.innerText()).includes("Đã bổ sung")) throw new Error(`the queue says: ${await row.innerText()}`);
  await row.locator("a.row-link").click();
  await page.waitForURL(`**/dossiers/${code}**`);
  await page.getByText("Đã bổ sung, chờ xem lại").first().waitFor();
  const history = page.locator(".timeline-corrected").first();
  const [was, is] = [await history.locator("del").innerText(), await history.locator("ins").innerText()];
  if (!was.includes(WRONG) || !is.includes(RIGHT)) throw new Error(`the history says: ${was} → ${is}`);
  const declared = await page.locator("section[aria-labelledby=answers]").innerText();
  if (!declared.includes(RIGHT)) throw new Error(`declared is: ${declared}`);
  await browser.look(officer);
}
