// A decision over two procedures: prepared by the Office, issued by a leader on a 360 px screen, posted, and read beside the version before; a review
// with what complying costs; the board, whose numbers open to their lists.

export async function journey({ browser, password }, { javaScript }) {
  const keeper = await browser.signedIn("danhmuc", password, { javaScript });
  const leader = await browser.signedIn("lanhdao", password, { javaScript, width: 360 });
  const { page } = keeper;

  // The head of the decision; what is wrong is told, and what was typed stays.
  await page.goto("/announcements?tab=draft");
  await browser.look(keeper);
  await page.getByRole("link", { name: "Soạn quyết định công bố" }).click();
  const title = `Công bố thủ tục hành chính được sửa đổi, bãi bỏ lĩnh vực hộ tịch ${javaScript ? "một" : "hai"}`;
  await page.getByLabel("Trích yếu").fill(title);
  await page.getByRole("radio", { name: /người dân, doanh nghiệp/ }).check();
  await page.getByLabel("Người ban hành").fill("Chủ tịch Ủy ban nhân dân thành phố");
  await page.getByLabel("Văn bản quy phạm pháp luật").fill("Nghị định 120/2026/NĐ-CP");
  await page.getByLabel("Văn bản có hiệu lực từ").fill(day(30));
  await page.getByLabel("Thủ tục có hiệu lực từ").fill("01/01/2025");
  await page.getByRole("button", { name: "Soạn quyết định công bố" }).click();
  await page.getByText("Ngày có hiệu lực sớm nhất là hôm nay").first().waitFor();
  await browser.look(keeper);
  if ((await page.getByLabel("Trích yếu").inputValue()) !== title) throw new Error("what was typed is lost");
  await page.getByLabel("Thủ tục có hiệu lực từ").fill(day(0));
  await page.getByRole("button", { name: "Soạn quyết định công bố" }).click();
  await page.waitForURL(/\/announcements\/CB\d\d-\d{6}$/);
  const decision = new URL(page.url()).pathname;

  // Codes are pasted; a wrong one is named.
  const codes = javaScript ? ["1.001193", "2.000815"] : ["1.000894", "2.000635"];
  await page.getByRole("radio", { name: "Sửa đổi" }).check();
  await page.getByLabel("Mã thủ tục").fill(`${codes[0]}\n9.999999`);
  await page.getByRole("button", { name: "Thêm thủ tục đang có" }).click();
  await page.getByText("Không có thủ tục 9.999999").first().waitFor();
  await browser.look(keeper);
  for (const [does, code] of [["Sửa đổi", codes[0]], ["Bãi bỏ", codes[1]]]) {
    await page.getByRole("radio", { name: does }).check();
    await page.getByLabel("Mã thủ tục").fill(code);
    await page.getByRole("button", { name: "Thêm thủ tục đang có" }).click();
    await page.getByRole("table").getByText(code).first().waitFor();
  }
  await browser.look(keeper);
  await page.locator("#line-1 a").first().click();
  const version = page.getByLabel("Nội dung phiên bản");
  const text = await version.inputValue();
  await version.fill(`statutory = "1m"\n${text.replace("sequence = [", 'sequence = [\n    "Đối chiếu với dữ liệu dân cư",')}`);
  await browser.look(keeper);
  await page.getByRole("button", { name: "Ghi phiên bản" }).click();
  await page.waitForURL(`**${decision}`);
  await page.locator("#line-1 a").first().click();
  await page.locator("ins").first().waitFor();
  await browser.look(keeper);
  await page.goto(`${decision}?act=submit#act`);
  await page.getByRole("button", { name: "Trình ban hành" }).click();
  await page.getByText("Chờ ban hành").first().waitFor();
  if ((await page.getByRole("button", { name: "Ghi nhận ban hành" }).count()) > 0) throw new Error("offered to issue the own decision");

  // Somebody else issues it, on a small screen.
  await leader.page.goto(decision);
  await browser.look(leader);
  await leader.page.getByLabel("Số quyết định").fill(`${javaScript ? 77 : 78}/QĐ-UBND`);
  await leader.page.getByLabel("Ngày ký").fill(day(0));
  await leader.page.getByRole("button", { name: "Ghi nhận ban hành" }).click();
  await leader.page.getByText("Đã ban hành, chờ công khai").first().waitFor();
  await browser.look(leader);

  // It is among what the Office owes; posted, it leads to the procedure and back.
  await page.goto("/due");
  await page.getByRole("link", { name: decision.split("/").pop() }).first().waitFor();
  await page.goto("/procedure-control");
  await browser.look(keeper);
  await page.goto("/procedure-control/list?which=unposted");
  await page.getByText(codes[0]).first().waitFor();
  await browser.look(keeper);
  await page.goto(`${decision}?act=post#act`);
  await page.getByRole("button", { name: "Công khai", exact: true }).click();
  await page.getByText("Đã công khai").first().waitFor();
  await page.locator("#line-1").getByRole("link", { name: codes[0] }).click();
  await page.locator(`a[href="${decision}"]`).first().waitFor();
  await browser.look(keeper);
  await leader.page.goto(`/procedures/${codes[0]}/compare`);
  await leader.page.locator("ins").first().waitFor();
  await browser.look(leader);

  // A review, with the formula's inputs before and after.
  await page.goto("/procedure-reviews/new");
  await page.getByLabel("Tên đợt rà soát").fill("Rà soát thủ tục hộ tịch năm nay");
  await page.getByLabel("Kế hoạch").fill("KH 12/KH-UBND");
  await page.getByLabel("Xong trước ngày").fill(day(20));
  await page.getByRole("button", { name: "Mở đợt rà soát" }).click();
  await page.waitForURL(/\/procedure-reviews\/RS/);
  const review = new URL(page.url()).pathname;
  await page.getByLabel("Mã thủ tục").fill(codes[0]);
  await page.getByRole("button", { name: "Thêm thủ tục" }).click();
  await page.locator("#item-1 a").first().click();
  for (const [when, minutes] of [["before", 240], ["after", 120]]) {
    await page.locator(`#minutes_${when}`).fill(String(minutes));
    await page.locator(`#travel_${when}`).fill("50000");
    await page.locator(`#services_${when}`).fill("20000");
    for (const [name, n] of [["fee", 0], ["times", 1], ["subjects", 1200]]) await page.locator(`#${name}_${when}`).fill(String(n));
  }
  await page.getByRole("button", { name: "Ghi đánh giá" }).click();
  await page.getByText("phải chọn cách đơn giản hóa").first().waitFor();
  await browser.look(keeper);
  await page.getByLabel("Rút ngắn thời gian").check();
  await page.getByRole("button", { name: "Ghi đánh giá" }).click();
  await page.waitForURL(`**${review}`);
  await page.goto(`${review}?act=submit#act`);
  await page.getByRole("button", { name: "Trình phương án" }).click();
  await page.getByText("Chờ thông qua").first().waitFor();
  await browser.look(keeper);
  await leader.page.goto(review);
  await leader.page.getByLabel("Quyết định thông qua").fill("88/QĐ-UBND");
  await leader.page.getByLabel("Ngày thông qua").fill(day(0));
  await leader.page.getByRole("button", { name: "Thông qua phương án" }).click();
  await leader.page.getByText("Đã thông qua").first().waitFor();
  await browser.look(leader);
  await leader.page.goto("/procedure-control");
  await browser.look(leader);
  await leader.page.goto("/procedure-control/list?which=simplified");
  await leader.page.getByText(codes[0]).first().waitFor();
  await browser.look(leader);
}

/** So many days from now, as it is typed. */
function day(n) {
  const then = new Date(Date.now() + n * 86_400_000);
  return new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh" }).format(then);
}
