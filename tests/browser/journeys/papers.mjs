// What people receive, as a browser receives it: a scan looked at and saved, lists saved, the receipt printed.

import { readFile } from "node:fs/promises";

const COUNTER = "/intake?procedure=1.001193"; // Đăng ký khai sinh
/** One point. */
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

/** One page that says something, larger than what is read from the disk at a time. */
function pdf() {
  const words = "BT /F1 24 Tf 20 100 Td (Giay chung sinh) Tj ET\n";
  const stream = words + "% ".padEnd(200_000, "0123456789") + "\n";
  const parts = [
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n",
    `4 0 obj<</Length ${stream.length}>>stream\n${stream}endstream endobj\n`,
  ];
  let text = "%PDF-1.4\n";
  const at = parts.map((part) => ((text += part), text.length - part.length));
  const start = text.length;
  const rows = at.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  return Buffer.from(`${text}xref\n0 5\n0000000000 65535 f \n${rows}trailer<</Size 5/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`);
}

export async function journey({ browser, password }) {
  const clerk = await browser.signedIn("motcua", password);
  const { page } = clerk;
  const papers = [
    { field: "giay-chung-sinh", name: "giấy chứng sinh.pdf", mimeType: "application/pdf", buffer: pdf() },
    { field: "giay-to-tuy-than", name: "căn cước.png", mimeType: "image/png", buffer: PNG },
  ];
  await receive(page, papers);
  await browser.look(clerk);
  for (const paper of papers) {
    const item = page.locator("ul.papers li").filter({ has: page.locator(`a[href*="view=1"]`) }).nth(papers.indexOf(paper));
    await save(page, item.locator("a:not([href*='view=1'])").first(), (bytes) => bytes.equals(paper.buffer), paper.name);
    await lookAt(page, item.locator("a[href*='view=1']").first(), paper);
  }

  // The receipt: on paper it is one page of A4, with its code to scan.
  await page.getByRole("link", { name: /giấy tiếp nhận/i }).first().click();
  await page.waitForURL("**/slip");
  const printed = await page.pdf({ format: "A4" });
  const sheets = printed.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
  if (!printed.subarray(0, 5).equals(Buffer.from("%PDF-")) || sheets.length !== 1) {
    throw new Error(`the receipt is printed on ${sheets.length} sheets`);
  }

  // The same as a PDF of our own, from the page's button; and the register of the desk, its period typed as people type it.
  await kept(page, await page.getByRole("link", { name: /PDF/ }).getAttribute("href"), 1, "the receipt");
  await page.goto("/work/register");
  await browser.look(clerk);
  await page.locator("#unit").selectOption({ index: 1 });
  await page.locator("#to").fill("01/01/2020");
  await page.locator("main form button[type=submit]").click();
  await page.locator(".error-summary a[href='#to']").waitFor();
  await browser.look(clerk);
  const asked = new URL(page.url());
  asked.searchParams.set("to", asked.searchParams.get("from"));
  await kept(page, asked.href, 1, "the register");

  await page.goto("/work?tab=all");
  const ends = (bytes) => bytes.subarray(0, 2).toString() === "PK" && bytes.includes(Buffer.from("PK\u0005\u0006"));
  await save(page, page.getByRole("link", { name: "XLSX" }).first(), ends, "the list as XLSX");
  const lines = (bytes) => bytes.toString("utf8").startsWith("\u{FEFF}") && bytes.toString("utf8").endsWith("\r\n");
  await save(page, page.getByRole("link", { name: "CSV" }).first(), lines, "the list as CSV");
}

async function receive(page, papers) {
  await page.goto(COUNTER);
  for (const [field, text] of [["owner_name", "Sơn Thị Ngọc Lành"], ["owner_number", "092185000456"], ["owner_phone", "0939222333"]]) {
    await page.locator(`#${field}`).fill(text);
  }
  for (const group of await page.locator("fieldset.paper-row").all()) await group.locator("input[value=paper]").first().check();
  for (const { field, ...file } of papers) await page.locator(`[id="file_${field}"]`).setInputFiles(file);
  await page.locator("#intake-form button.btn-primary").click();
  await page.waitForURL("**/dossiers/**");
}

/** A PDF for the archive of at least so many pages, whatever a browser does with it. */
async function kept(page, address, pages, what) {
  const answer = await page.request.get(new URL(address, page.url()).href);
  const bytes = await answer.body();
  const found = bytes.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
  const fine = answer.headers()["content-type"] === "application/pdf" && bytes.includes("pdfaid:conformance");
  if (!answer.ok() || !fine || found.length < pages) throw new Error(`${what} answers ${answer.status()} with ${found.length} pages`);
}

async function save(page, link, isRight, what) {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const failure = await download.failure();
  if (failure) throw new Error(`${what} was not saved: ${failure}`);
  if (!isRight(await readFile(await download.path()))) throw new Error(`${what} holds other bytes`);
}

/** Opens in a tab of its own, of its own kind, without a word in the console. */
async function lookAt(page, link, paper) {
  const [tab] = await Promise.all([page.waitForEvent("popup"), link.click()]);
  await tab.waitForLoadState();
  const shown = await tab.evaluate(() => ({ kind: document.contentType, width: document.images[0]?.naturalWidth ?? 0 }));
  if (shown.kind !== paper.mimeType) throw new Error(`${paper.name} opens as ${shown.kind}`);
  if (shown.kind.startsWith("image/") && shown.width !== 1) throw new Error(`${paper.name} is not seen`);
  await tab.close();
}
