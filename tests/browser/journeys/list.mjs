// A list as somebody works with it every day: filtered, sorted, kept as a view, opened by default, taken as a file.

import { readFile } from "node:fs/promises";

export async function journey({ browser, password }, { javaScript }) {
  const head = await browser.signedIn("truongphong", password, { javaScript });
  const { page } = head;
  const name = `Việc gấp ${javaScript ? "một" : "hai"}`;

  await page.goto("/petitions?tab=handling&view=all");
  await browser.look(head);
  await page.getByLabel("Lĩnh vực", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Lọc", exact: true }).click();
  await page.waitForURL(/topic=/);
  if ((await page.locator(".chip").count()) !== 1) throw new Error("what is filtered is not shown");
  await browser.look(head);

  // Sorting where an index carries it, said to whoever cannot see it; a row or none, the head is there with one.
  await page.locator(".chip").first().click();
  await page.waitForURL((url) => !url.searchParams.has("topic"));
  await page.goto("/petitions?tab=handling&sort=due&view=all");
  if ((await page.locator("table.rows").count()) > 0) {
    await page.locator('th[aria-sort="ascending"]').waitFor();
  }

  // Kept under a name, and what the list opens with from now on.
  await page.goto("/petitions?tab=handling&late=1&sort=due");
  await page.getByText("Lưu bộ lọc này").click();
  await page.getByLabel("Tên bộ lọc").fill(name);
  await page.getByLabel("Mở danh sách bằng bộ lọc này").check();
  await browser.look(head);
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await page.waitForURL(/late=1&sort=due&view=/);
  await page.goto("/petitions");
  await page.waitForURL(/late=1&sort=due&view=/);
  await page.getByRole("link", { name: new RegExp(name) }).and(page.locator("[aria-current]")).waitFor();
  await browser.look(head);

  // The same list as a file, as long as it has rows.
  await page.goto("/due?view=all");
  await browser.look(head);
  if ((await page.locator("table.rows").count()) > 0) {
    for (const kind of ["CSV", "XLSX"]) {
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: kind, exact: true }).click()]);
      const bytes = await readFile(await file.path());
      const begins = kind === "CSV" ? bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) : bytes.subarray(0, 2).toString() === "PK";
      if (!begins) throw new Error(`${kind} begins with ${bytes.subarray(0, 4).toString("hex")}`);
    }
  }

  // Renamed, shared with the unit one heads, and let go.
  await page.goto("/views");
  await browser.look(head);
  const card = page.getByRole("region", { name });
  await card.getByLabel("Tên bộ lọc").fill(`${name} đổi`);
  await card.getByRole("button", { name: "Đổi tên" }).click();
  await page.getByRole("region", { name: `${name} đổi` }).getByRole("button", { name: "Dùng chung", exact: true }).click();
  await page.getByRole("region", { name: `${name} đổi` }).getByRole("button", { name: "Thôi dùng chung" }).waitFor();
  await browser.look(head);
  await page.getByRole("region", { name: `${name} đổi` }).getByRole("button", { name: /Xóa/ }).click();
  await page.getByRole("region", { name: `${name} đổi` }).waitFor({ state: "detached" });

  const phone = await browser.signedIn("truongphong", password, { width: 360, javaScript });
  await phone.page.goto("/due");
  await browser.look(phone);
}
