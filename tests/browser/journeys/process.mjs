// A process is drawn from its tables, mended where the rules name something, announced and used; a birth is filed with all that belongs to it.

// Đăng ký lại kết hôn, đăng ký lại khai sinh.
const PROCEDURES = { true: "1.004746", false: "1.004884" };

export async function journey({ browser, password }, { javaScript }) {
  const keeper = await browser.signedIn("danhmuc", password, { javaScript });
  const { page } = keeper;
  const procedure = PROCEDURES[javaScript];
  const name = javaScript ? "Xác minh nơi đăng ký trước đây" : "Xác minh với nơi cấp giấy";
  await page.goto(`/procedures/${procedure}`);
  await page.getByRole("link", { name: "Thiết kế quy trình nội bộ" }).click();
  // With a script its shapes can be pressed: then it is a group of them, and no mere picture.
  await page.getByRole(javaScript ? "group" : "img", { name: /Sơ đồ quy trình/ }).waitFor();
  await browser.look(keeper);
  const before = await page.locator("svg.process rect.step:not(.beside)").count();
  await page.getByRole("button", { name: "Thêm bước" }).click();
  await page.locator(`#s${before}_name`).waitFor();
  const added = `#s${before - 1}_name`;
  await page.locator(added).fill(name);
  await page.locator(`#s${before - 1}_norm`).fill("9999");
  await page.getByRole("button", { name: "Xem sơ đồ và kiểm tra" }).click();
  await page.getByText("Cần sửa trước khi tiếp tục").waitFor();
  await browser.look(keeper);
  await page.locator(`#s${before - 1}_norm`).fill("4");
  await page.getByRole("button", { name: "Thêm đơn vị được hỏi" }).click();
  // What is asked more stands at the first step that can ask, before those of later steps.
  await page.locator("[name^=b][name$=_step]").first().selectOption({ label: name });
  await page.locator("[name^=b][name$=_name]").first().fill("Xác nhận việc đăng ký trước đây");
  await page.locator("[name^=b][name$=_norm]").first().fill("4");
  await page.locator("[name^=b][name$=_norm_of]").first().selectOption("h");
  await page.getByRole("button", { name: "Xem sơ đồ và kiểm tra" }).click();
  await page.locator("svg.process rect.beside").first().waitFor();
  await browser.look(keeper);
  if (await page.locator(".error-summary").count()) throw new Error(await page.locator(".error-summary").innerText());
  const file = await page.request.get(`/procedures/${procedure}/process.bpmn`);
  if (!(await file.text()).includes("bpmn")) throw new Error("no drawing to take away");
  await page.getByLabel("Số quyết định công bố").fill("88/QĐ-UBND");
  await page.getByLabel("Có hiệu lực từ ngày").fill(day(0));
  await page.getByRole("button", { name: "Công bố quy trình này" }).click();
  await page.waitForURL(`**/procedures/${procedure}`);
  await page.getByText(name).first().waitFor({ state: "attached" });

  const clerk = await browser.signedIn("motcua", password, { javaScript });
  await clerk.page.goto("/intake?procedure=1.001193");
  await clerk.page.getByRole("link", { name: "Cùng đăng ký thường trú và thẻ bảo hiểm y tế" }).click();
  await browser.look(clerk);
  await clerk.page.locator("#owner_number").fill("094190000017");
  await clerk.page.locator("#owner_name").fill("Nguyễn Thị Cùng Lúc");
  await clerk.page.locator("input[name=all_papers]").check();
  await clerk.page.getByRole("button", { name: "Tiếp nhận" }).last().click();
  await clerk.page.waitForURL("**/dossiers/**");
  await clerk.page.getByRole("heading", { name: "Nộp cùng một lần" }).waitFor();
  await browser.look(clerk);
}

/** A day from today, in Vietnam, as it is typed there. */
function day(later) {
  const at = new Date(Date.now() + 7 * 3600e3 + later * 86400e3);
  return [at.getUTCDate(), at.getUTCMonth() + 1].map((n) => String(n).padStart(2, "0")).join("/") + `/${at.getUTCFullYear()}`;
}
