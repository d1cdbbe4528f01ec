// The thread: a citizen files from a phone, the ward works on it, the result goes back, and the leader's page shows it.

import { path } from "../browser.mjs";

const PROCEDURE = "1.001193"; // Đăng ký khai sinh
const PAPER = { name: "giay-chung-sinh.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n") };
/** A new citizen for each journey: 12 digits, the last six from the clock. */
const numberOf = () => "092199" + String(Date.now()).slice(-6);

export async function journey({ browser, password }, { javaScript }) {
  const leader = await browser.signedIn("lanhdao", password, { javaScript });
  const before = await figures(leader.page);

  const citizen = await browser.person("citizen", { width: 360, javaScript });
  await signUp(citizen.page);
  await browser.look(citizen);
  const code = await file(browser, citizen);
  await browser.look(citizen);

  const official = async (login) => browser.signedIn(login, password, { javaScript });
  const clerk = await official("motcua");
  const officer = await official("chuyenvien");
  const chairman = await official("chutich");

  await clerk.page.goto("/work");
  await act(browser, clerk, code, "Tiếp nhận");
  await act(browser, officer, code, "Chuyển bước tiếp");
  await act(browser, chairman, code, "Duyệt, ký kết quả");
  await act(browser, clerk, code, "Trả kết quả");

  await citizen.page.goto(`/my/${code}`);
  await citizen.page.getByLabel("Rất hài lòng").check();
  await citizen.page.getByRole("main").getByRole("button", { name: "Gửi đánh giá" }).click();
  await citizen.page.waitForLoadState();
  await browser.look(citizen);

  // The very first request after: nothing is recomputed at night.
  const after = await figures(leader.page);
  for (const part of ["dashboard", "target"]) {
    if (before[part].join() === after[part].join()) {
      throw new Error(`the leader's ${part} did not move: ${before[part].join(" ")}`);
    }
  }
  await browser.look(leader);
  for (const one of [leader, citizen, clerk, officer, chairman]) await one.context.close();
  browser.people = [];
}

export async function signUp(page) {
  await page.goto("/sign-up");
  await page.getByLabel("Họ và tên").fill("Lâm Thị Ánh Nguyệt");
  const number = numberOf();
  await page.getByLabel("Số định danh cá nhân").fill(number);
  await page.getByLabel("Số điện thoại").fill("0939" + String(Date.now()).slice(-6));
  await page.getByLabel("Mật khẩu").fill("bông điên điển mùa nước nổi");
  await page.getByRole("main").getByRole("button", { name: "Đăng ký" }).click();
  await page.waitForURL("**/sign-in**");
  await page.getByLabel("Tên đăng nhập").fill(number);
  await page.getByLabel("Mật khẩu").fill("bông điên điển mùa nước nổi");
  await page.getByRole("main").getByRole("button", { name: "Đăng nhập" }).click();
  await page.waitForURL("**/my");
}

/** Step by step through the form, each paper with the files given; returns the dossier's code. */
export async function file(browser, citizen, papers = PAPER) {
  const { page } = citizen;
  await page.goto(`/file/${PROCEDURE}`);
  for (let screen = 0; screen < 12; screen += 1) {
    const submit = page.getByRole("button", { name: "Nộp hồ sơ" });
    if ((await submit.count()) > 0) {
      await browser.look(citizen);
      await submit.click();
      await page.waitForURL("**/my/**");
      return decodeURIComponent(path(page).split("?")[0].split("/").pop());
    }
    await fill(page, papers);
    await browser.look(citizen);
    const here = await page.getByRole("main").innerText();
    await page.getByRole("button", { name: "Tiếp tục" }).last().click();
    await page.waitForLoadState();
    if ((await page.getByRole("main").innerText()) === here) throw new Error(`the form does not go on:\n${here}`);
  }
  throw new Error("the form has no end");
}

/** Fills what is required on one screen of the form, by what is asked. */
async function fill(page, papers) {
  for (const field of await page.locator("main form :is(input, select, textarea)[required]").all()) {
    const name = (await field.getAttribute("name")) ?? "";
    const type = (await field.getAttribute("type")) ?? (await field.evaluate((e) => e.tagName.toLowerCase()));
    if (type === "hidden" || type === "radio" || type === "checkbox") continue;
    if (type === "file") {
      await field.setInputFiles(papers);
    } else if (type === "select") {
      await choose(field);
    } else if ((await field.inputValue()) === "") {
      const day = await field.evaluate((e) => e.classList.contains("day"));
      await field.fill(day ? "15/11/2026" : answer(name, type));
    }
  }
}

async function choose(field) {
  const labels = await field.locator("option").allInnerTexts();
  const ward = labels.findIndex((label) => label.includes("Ninh Kiều"));
  await field.selectOption({ index: ward > 0 ? ward : 1 });
}

function answer(name, type) {
  if (type === "number") return "1";
  if (type === "tel" || name.includes("phone")) return "0939123456";
  if (name.includes("number")) return "092199000123";
  return "Lâm Thị Ánh Nguyệt";
}

/** One act on the dossier's page: opens it if folded, does it with the files given, and reads that it was noted. */
export async function act(browser, person, code, label, files = {}) {
  const { page } = person;
  await page.goto(`/dossiers/${code}`);
  await browser.look(person);
  const form = await fold(page, label);
  for (const area of await form.locator("textarea[required]").all()) await area.fill("Hồ sơ đầy đủ, hợp lệ.");
  for (const [name, given] of Object.entries(files)) await form.locator(`input[type=file][name="${name}"]`).setInputFiles(given);
  await form.getByRole("button", { name: label }).click();
  await page.getByRole("status").first().waitFor();
}

/** The form of an act on the page of a dossier, opened if folded. */
export async function fold(page, label) {
  const found = page.locator("aside details.act").filter({ has: page.locator("summary", { hasText: label }) }).first();
  if ((await found.getAttribute("open")) === null) await found.locator("> summary").click();
  return found;
}

/** The numbers of the leader's page, and of the target "dossiers online" it leads to. */
async function figures(page) {
  await page.goto("/steering");
  const dashboard = await numbers(page);
  await page.locator(".figure a", { hasText: /trực tuyến/i }).first().click();
  await page.waitForURL("**/steering/targets/**");
  return { dashboard, target: await numbers(page) };
}

async function numbers(page) {
  const text = await page.getByRole("main").innerText();
  // The time of day on the page moves by itself; it does not count.
  return text.replaceAll(/\d{1,2}:\d{2}(:\d{2})?/g, "").match(/\d+(?:[.,]\d+)*/g) ?? [];
}
