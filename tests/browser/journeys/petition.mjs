// A petition: sent from a phone without an account, sorted, answered by the head and published without a name; one that complains of the
// ward goes past it to the province.

const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==",
  "base64",
);
const NAME = "Lâm Thị Ánh Nguyệt";

export async function journey({ browser, password }, { javaScript }) {
  const citizen = await browser.person("citizen", { width: 360, javaScript });
  const { code, key } = await send(browser, citizen, false);

  // The code alone shows the status.
  await citizen.page.goto("/feedback");
  await browser.look(citizen);
  await citizen.page.getByLabel("Mã phản ánh").fill(code.toLowerCase());
  await citizen.page.getByRole("button", { name: "Tra cứu" }).click();
  await citizen.page.waitForURL(`**/feedback/${code}`);
  await browser.look(citizen);
  const seen = await citizen.page.getByRole("main").innerText();
  if (!seen.includes("Mới gửi") || seen.includes("ngập")) throw new Error(`the code alone shows:\n${seen}`);

  const official = async (login) => browser.signedIn(login, password, { javaScript });
  const clerk = await official("motcua");
  await open(browser, clerk, code);
  await clerk.page.getByLabel("Việc tại địa bàn").check();
  await choose(clerk.page, "Đơn vị xử lý", "Phòng Văn hóa - Xã hội");
  await press(browser, clerk, "Phân loại, chuyển xử lý");

  const officer = await official("chuyenvien");
  await due(browser, officer, code);
  await act(browser, officer, code, "Trình dự thảo trả lời", { "Nội dung trả lời": "Phường nạo vét cống trước ngày 15/12/2026." });

  // It goes up: the head of the division agrees, then the chairman approves.
  const head = await official("truongphong");
  await due(browser, head, code);
  await act(browser, head, code, "Trưởng phòng đồng ý", {});
  const chairman = await official("chutich");
  await due(browser, chairman, code);
  await act(browser, chairman, code, "Duyệt trả lời", {});
  const title = `Ngập nước trên đường 3/2 (${code})`;
  const published = { "Tiêu đề công khai": title, "Nội dung công khai": "Đường 3/2 ngập khi mưa.", "Trả lời công khai": "Nạo vét cống trước 15/12/2026." };
  await act(browser, chairman, code, "Công khai", published);

  const reader = await browser.person("reader", { width: 360, javaScript });
  await reader.page.goto("/feedback");
  await reader.page.getByRole("link", { name: title }).click();
  await reader.page.getByText("Nạo vét cống").waitFor();
  await browser.look(reader);
  if ((await reader.page.content()).includes(NAME)) throw new Error("the sender's name is published");

  // The sender reads and rates the answer with the key.
  await citizen.page.goto(`/feedback/${code}`);
  await citizen.page.getByLabel("Khóa của người gửi").fill(key);
  await citizen.page.getByRole("button", { name: "Mở phản ánh của tôi" }).click();
  await citizen.page.getByLabel("Hài lòng", { exact: true }).check();
  await browser.look(citizen);
  await citizen.page.getByRole("button", { name: "Đánh giá câu trả lời" }).click();
  await citizen.page.waitForLoadState();
  if ((await citizen.page.getByRole("button", { name: "Đánh giá câu trả lời" }).count()) > 0) throw new Error("rated, and asked again");

  // One that complains of the ward: nobody of it sees it, the province does.
  const complaint = await send(browser, citizen, true);
  for (const one of [clerk, officer, chairman]) {
    const answer = await one.page.goto(`/petitions/${complaint.code}`);
    if (answer.status() !== 404) throw new Error(`${one.name} is shown a complaint about the own ward: ${answer.status()}`);
  }
  const leader = await official("lanhdao");
  await due(browser, leader, complaint.code);
  await open(browser, leader, complaint.code);
  await leader.page.getByText("Phản ánh về:").waitFor();
  const units = await leader.page.getByLabel("Đơn vị xử lý").locator("option").allInnerTexts();
  if (units.some((unit) => unit.includes("Ninh Kiều"))) throw new Error("the unit complained of is offered");
  await press(browser, leader, "Phân loại, chuyển xử lý");
}

/** Sends one from a phone; returns its code and key. */
export async function send(browser, citizen, complains) {
  const { page } = citizen;
  await page.goto("/feedback/new");
  await browser.look(citizen);
  await page.getByLabel("Nội dung").fill(complains ? "Bị đòi thêm tiền khi làm giấy tờ." : "Đường 3/2 ngập mỗi khi mưa lớn.");
  await choose(page, "Lĩnh vực", complains ? "Thái độ" : "Hộ tịch");
  await choose(page, "Xã, phường", "Ninh Kiều");
  if (complains) {
    await choose(page, "Phản ánh về đơn vị", "Ninh Kiều");
  } else {
    await page.getByLabel("Họ và tên").fill(NAME);
    await page.getByLabel("Ảnh, giấy tờ").setInputFiles({ name: "ngap.png", mimeType: "image/png", buffer: DOT });
  }
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await page.locator("#key").waitFor();
  await browser.look(citizen);
  return { code: await page.locator("#code").innerText(), key: await page.locator("#key").innerText() };
}

export async function choose(page, label, text) {
  const field = page.getByLabel(label, { exact: false }).and(page.locator("select"));
  const labels = await field.locator("option").allInnerTexts();
  const index = labels.findIndex((one) => one.includes(text));
  if (index < 0) throw new Error(`${label} does not offer ${text}`);
  await field.selectOption({ index });
}

export async function open(browser, person, code) {
  await person.page.goto(`/petitions/${code}`);
  await browser.look(person);
}

/** What is due stands in the list of what is due. */
export async function due(browser, person, code) {
  await person.page.goto("/due");
  await browser.look(person);
  for (let pages = 0; (await person.page.getByRole("link", { name: code }).count()) === 0; pages += 1) {
    const next = person.page.locator("a[rel=next]");
    if (pages > 400 || (await next.count()) === 0) throw new Error(`${person.name} is not told that ${code} is due`);
    await next.click();
    await person.page.waitForLoadState();
  }
}

export async function act(browser, person, code, name, fields) {
  await open(browser, person, code);
  const tab = person.page.locator("#act nav").getByRole("link", { name, exact: true });
  if ((await tab.count()) > 0) {
    await tab.click();
    await person.page.waitForLoadState();
  }
  for (const [label, text] of Object.entries(fields)) await person.page.getByLabel(label).fill(text);
  await press(browser, person, name);
}

export async function press(browser, person, name) {
  await person.page.locator("#act form").getByRole("button", { name }).click();
  await person.page.getByText("Đã ghi nhận.").waitFor();
  await browser.look(person);
}
