// "My work" of a leader: a dossier that waits for a decision, a petition whose answer waits for a yes, a figure that waits for a second
// person, in one list; each is opened from there, and the list is taken along as a calendar.

import { readFile } from "node:fs/promises";
import { act as does, file, signUp } from "./thread.mjs";
import { act, choose, due, open, press, send } from "./petition.mjs";

const PDF = { name: "bao-cao.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n") };

export async function journey({ browser, password }, { javaScript }) {
  const official = async (login) => browser.signedIn(login, password, { javaScript });
  const citizen = await browser.person("citizen", { width: 360, javaScript });
  const [clerk, officer, head] = [await official("motcua"), await official("chuyenvien"), await official("truongphong")];

  // The dossier: filed, received, sent up.
  await signUp(citizen.page);
  const dossier = await file(browser, citizen);
  await does(browser, clerk, dossier, "Tiếp nhận");
  await does(browser, officer, dossier, "Chuyển bước tiếp");

  // The petition: sorted, drafted, agreed to by the head of the division.
  const { code: petition } = await send(browser, citizen, false);
  await open(browser, clerk, petition);
  await clerk.page.getByLabel("Việc tại địa bàn").check();
  await choose(clerk.page, "Đơn vị xử lý", "Phòng Văn hóa - Xã hội");
  await press(browser, clerk, "Phân loại, chuyển xử lý");
  await act(browser, officer, petition, "Trình dự thảo trả lời", { "Nội dung trả lời": "Phường nạo vét cống trước ngày 15/12." });
  await act(browser, head, petition, "Trưởng phòng đồng ý", {});

  // The figure: declared for the ward, with its evidence.
  const keeper = await official("cchc");
  await keeper.page.goto("/steering/targets/ST-002");
  const units = await keeper.page.getByLabel("Đơn vị").first().locator("option").all();
  const names = await Promise.all(units.map((unit) => unit.innerText()));
  const ward = await units[names.findIndex((name) => name.includes("Ninh Kiều"))].getAttribute("value");
  await keeper.page.goto(`/steering/targets/ST-002/declare?unit=${ward}`);
  await browser.look(keeper);
  await keeper.page.getByLabel("Tử số").fill("9");
  await keeper.page.getByLabel("Mẫu số").fill("10");
  await keeper.page.getByLabel("Số liệu tính đến ngày").fill("20/11/2026");
  await keeper.page.getByLabel("Minh chứng").setInputFiles(PDF);
  await keeper.page.getByRole("button", { name: "Gửi số liệu" }).click();
  await keeper.page.waitForURL(/\/steering\/targets\/ST-002\?/);

  // All three stand in the leader's list, and each opens where it is done.
  const leader = await official("chutich");
  const { page } = leader;
  const opens = [
    [dossier, `/dossiers/${dossier}`, async () => page.locator("aside details.act").first().waitFor()],
    [petition, `/petitions/${petition}`, async () => page.locator("#act").getByText("Duyệt trả lời").first().waitFor()],
    ["ST-002", "/steering/figures/", async () => page.getByRole("button", { name: "Xác nhận đúng" }).first().waitFor()],
  ];
  for (const [code, address, there] of opens) {
    await due(browser, leader, code);
    await page.getByRole("link", { name: code }).first().click();
    await page.waitForURL(`**${address}**`);
    await there();
    await browser.look(leader);
  }

  // The same list as a calendar; folded lines are put together again.
  await page.goto("/due");
  const [ics] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Tệp lịch (.ics)" }).click()]);
  const text = (await readFile(await ics.path(), "utf8")).replaceAll("\r\n ", "");
  if (!text.startsWith("BEGIN:VCALENDAR\r\n") || !text.endsWith("END:VCALENDAR\r\n")) throw new Error("no calendar");
  for (const code of [petition, "ST-002"]) {
    if (!text.includes(code)) throw new Error(`${code} is not in the calendar`);
  }

  // What is done is owed no more.
  await act(browser, leader, petition, "Duyệt trả lời", {});
  const phone = await browser.signedIn("chutich", password, { width: 360, javaScript });
  await phone.page.goto("/due?what=petition-approve");
  await browser.look(phone);
  if ((await phone.page.getByRole("link", { name: petition }).count()) > 0) throw new Error("what is done is still owed");

  // What people said this week, on the screen of a desk and of a phone.
  for (const one of [leader, phone]) {
    await one.page.goto("/petitions/heard");
    await browser.look(one);
    if ((await one.page.getByLabel("Tuần", { exact: true }).inputValue()) === "") throw new Error("no week is chosen");
  }
}
