// Reading a plan: the reform officer hands in a document, looks through what was read, and saves it as a draft programme.

import { path } from "../browser.mjs";

/** Written for this journey: two targets, a task, a report. */
const TEXT = `UỶ BAN NHÂN DÂN TỈNH
Số: 45/KH-UBND
Cần Thơ, ngày 05 tháng 01 năm 2026

KẾ HOẠCH
Cải cách hành chính năm 2026

I. MỤC TIÊU
1. Đến năm 2026, tối thiểu 85% hồ sơ thủ tục hành chính của cấp xã được tiếp nhận trực tuyến.
2. Mức độ hài lòng của người dân đạt từ 95% trở lên vào năm 2027.

II. NHIỆM VỤ
1. Giao Sở Nội vụ chủ trì, phối hợp với các sở, ngành rà soát chức năng, nhiệm vụ, hoàn thành trước ngày 30/6/2026.

III. TỔ CHỨC THỰC HIỆN
Các sở, ban, ngành báo cáo kết quả về Sở Nội vụ trước ngày 15/12/2026.
`;

export async function journey({ browser, password }, { javaScript }) {
  const officer = await browser.signedIn("cchc", password, { javaScript });
  const { page } = officer;

  // A file that is no document is refused on the form, and nothing is kept.
  await page.goto("/plans/new");
  await upload(page, "anh.pdf", "GIF89a not a document");
  await page.locator(".error-summary").waitFor();
  await both(browser, officer);

  await upload(page, javaScript ? "ke-hoach.md" : "ke-hoach.txt", TEXT);
  await page.waitForURL(/\/plans\/\d+/);
  await both(browser, officer);
  const plan = path(page).split("?")[0];
  const goals = await page.locator(".plan-item .plan-goal").allTextContents();
  for (const wanted of ["85", "95"]) {
    if (!goals.some((goal) => goal.includes(wanted))) throw new Error(`the goal ${wanted} % was not read: ${goals}`);
  }
  // From a proposal to its words in the text.
  await page.locator("a.plan-n").first().click();
  if (!new URL(page.url()).hash.startsWith("#q-")) throw new Error("a proposal does not lead to its words");

  await page.goto(plan);
  await page.locator("li.plan-item", { hasText: "85" }).first().getByRole("button", { name: /Nhận/ }).click();
  await page.waitForLoadState();
  const second = page.locator("li.plan-item", { hasText: "95" }).first();
  await second.getByRole("link", { name: /Sửa/ }).click();
  await page.waitForURL(/correct/);
  await both(browser, officer);
  await page.locator("#value").fill("chín lăm");
  await page.locator("main form button[type=submit]").first().click();
  await page.locator(".error-summary").waitFor();
  await both(browser, officer);
  await page.locator("#value").fill("96");
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL((url) => url.pathname === plan);

  await page.locator("a[href$='/save']").click();
  await both(browser, officer);
  for (const [field, value] of [["name", "Cải cách hành chính năm 2026"], ["number", "45/KH-UBND"], ["issuer", "UBND thành phố Cần Thơ"], ["decided", "2026-01-05"], ["until", "2027"]]) {
    await page.locator(`#${field}`).fill(value);
  }
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL(/\/steering\/drafts\/\d+/);
  await both(browser, officer);
  const saved = await page.locator("main").innerText();
  for (const wanted of ["85", "96"]) {
    if (!saved.includes(`${wanted} %`)) throw new Error(`the draft lacks ${wanted} %: ${saved.slice(0, 400)}`);
  }
}

async function upload(page, name, text) {
  await page.locator("#document").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
  await page.locator("main form button[type=submit]").click();
  await page.waitForLoadState();
}

/** On the desk's screen and on a small phone. */
async function both(browser, person) {
  const size = person.page.viewportSize();
  for (const [width, height] of [[360, 740], [size.width, size.height]]) {
    await person.page.setViewportSize({ width, height });
    await browser.look(person);
  }
}
