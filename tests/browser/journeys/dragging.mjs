// A process is designed with the mouse: a shape is dragged, a way is drawn from one step to another, it is announced and drawn again where it was
// left; other programs read the file with the places. With the keyboard the same, and the tables say it all along.

import { BpmnModdle } from "bpmn-moddle";
import { createRequire } from "node:module";

// Cấp bản sao trích lục hộ tịch.
const PROCEDURE = "2.000635";

export async function journey({ browser, password }) {
  const keeper = await browser.signedIn("danhmuc", password, { javaScript: true, width: 1280 });
  const { page } = keeper;
  await page.goto(`/catalogue/${PROCEDURE}/process`);
  await page.getByText("Kéo hình để dời chỗ").waitFor();
  await browser.look(keeper);
  const id = await page.locator("[name=s1_id]").inputValue();
  const shape = (node) => page.locator(`g.node[data-node="${node}"]`);
  const stands = async (node) => [await shape(node).getAttribute("data-x"), await shape(node).getAttribute("data-y")].map(Number);
  const grab = async (locator, by, where = [0.4, 0.6]) => {
    await locator.scrollIntoViewIfNeeded();
    const box = await locator.boundingBox();
    const from = [box.x + box.width * where[0], box.y + box.height * where[1]];
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(from[0] + by[0] / 2, from[1] + by[1] / 2, { steps: 4 });
    await page.mouse.move(from[0] + by[0], from[1] + by[1], { steps: 4 });
    await page.mouse.up();
  };
  const sent = () => page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/process"));

  // Dragged: drawn anew around where it stands.
  const before = await stands(id);
  const answered = sent();
  await grab(shape(id).locator("rect"), [90, 0]);
  await answered;
  await page.getByRole("button", { name: "Để chương trình tự sắp xếp" }).waitFor();
  const after = await stands(id);
  const apart = Math.abs(after[0] - before[0] - 90);
  if (apart > 2) throw new Error(`dragged from ${before} to ${after}`);
  await browser.look(keeper);

  // Pushed with the keys.
  const pushed = sent();
  await shape(id).focus();
  for (let n = 0; n < 3; n++) await page.keyboard.press("ArrowRight");
  await pushed;
  await page.waitForFunction(([node, x]) => Number(document.querySelector(`g.node[data-node="${node}"]`)?.dataset.x) === x, [id, after[0] + 30]);
  const focused = await page.evaluate(() => document.activeElement?.dataset?.node);
  if (focused !== id) throw new Error(`the keys push on what has been pushed, and not ${focused}`);

  // A way from the first step to the last: from its grip onto the other shape, with the mouse.
  const rows = await page.locator("[name^=w][name$=_from]:not([name=way_from])").count();
  const steps = await page.locator("[name$=_id][name^=s]").count();
  const [first, last] = [await page.locator("[name=s0_id]").inputValue(), await page.locator(`[name=s${steps - 1}_id]`).inputValue()];
  const grip = await shape(first).locator(".grip").boundingBox();
  const target = await shape(last).locator("rect").boundingBox();
  const drawn = sent();
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(target.x + 40, target.y + 50, { steps: 8 });
  await page.mouse.up();
  await drawn;
  const ways = rows === 0 ? steps : rows + 1;
  await page.locator(`[name=w${ways - 1}_from]`).waitFor();
  const [from, to] = [await page.locator(`[name=w${ways - 1}_from]`).inputValue(), await page.locator(`[name=w${ways - 1}_to]`).inputValue()];
  if (from !== first || to !== last) throw new Error(`drawn from ${from} to ${to}`);
  await page.locator(`[name=w${ways - 1}_when]`).fill("fee > 0");
  await page.getByRole("button", { name: "Xem sơ đồ và kiểm tra" }).click();
  await page.locator(`[name=w${ways - 1}_when]`).waitFor();
  if (await page.locator(".error-summary").count()) throw new Error(await page.locator(".error-summary").innerText());
  await browser.look(keeper);

  // Announced, and opened again.
  const kept = await page.locator("[name=places]").inputValue();
  await page.getByLabel("Số quyết định công bố").fill("89/QĐ-UBND");
  await page.getByLabel("Có hiệu lực từ ngày").fill(today());
  await page.getByRole("button", { name: "Công bố quy trình này" }).click();
  await page.waitForURL(`**/procedures/${PROCEDURE}`);
  await page.goto(`/catalogue/${PROCEDURE}/process`);
  if ((await page.locator("[name=places]").inputValue()) !== kept) throw new Error("not drawn again where it was left");

  // Others read the file without a word, and see the shapes where they stand.
  const file = await (await page.request.get(`/procedures/${PROCEDURE}/process.bpmn`)).text();
  const { warnings, rootElement } = await new BpmnModdle().fromXML(file);
  if (warnings.length) throw new Error(warnings.map((warning) => warning.message).join("\n"));
  const shapes = rootElement.diagrams[0].plane.planeElement.filter((one) => one.$type === "bpmndi:BPMNShape");
  const there = shapes.find((one) => one.bpmnElement.id === id).bounds;
  const [x, y] = await stands(id);
  if (there.x !== x || there.y !== y) throw new Error(`in the file at ${there.x},${there.y} and here at ${x},${y}`);
  const viewer = await browser.person("bpmn-js", { width: 1280 });
  await viewer.page.setContent('<div id="canvas" style="width: 100vw; height: 100vh"></div>');
  await viewer.page.addScriptTag({ path: createRequire(import.meta.url).resolve("bpmn-js/dist/bpmn-viewer.production.min.js") });
  const seen = await viewer.page.evaluate(async (xml) => {
    const one = new window.BpmnJS({ container: "#canvas" });
    const { warnings } = await one.importXML(xml);
    return { warnings: warnings.map((warning) => warning.message), shapes: one.get("elementRegistry").filter((e) => e.parent && !e.waypoints && !e.labelTarget).length };
  }, file);
  if (seen.warnings.length || seen.shapes !== shapes.length) throw new Error(`bpmn-js: ${JSON.stringify(seen)} of ${shapes.length}`);

  // On a telephone the page fits, and the picture scrolls in its frame.
  const phone = await browser.signedIn("danhmuc", password, { javaScript: true, width: 360 });
  await phone.page.goto(`/catalogue/${PROCEDURE}/process`);
  await phone.page.getByRole("button", { name: "Để chương trình tự sắp xếp" }).waitFor();
  await browser.look(phone);
}

/** Today in Vietnam, as it is typed there. */
function today() {
  const at = new Date(Date.now() + 7 * 3600e3);
  return [at.getUTCDate(), at.getUTCMonth() + 1].map((n) => String(n).padStart(2, "0")).join("/") + `/${at.getUTCFullYear()}`;
}
