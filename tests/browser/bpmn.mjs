// What we write of BPMN, read by programs of others: `node bpmn.mjs`.
//
// MOTCUA_BINARY          the program; the example that writes the diagrams lies beside it (built by scripts/test, or here)
// MOTCUA_CHROMIUM        the browser, MOTCUA_CHROMIUM_SHELL the same without its windows
// MOTCUA_BPMN_PICTURES   a folder for a picture of each drawing, to be looked at
//
// bpmn-moddle reads every file without one warning and finds in it what stands in it; bpmn-js draws every shape and every line.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BpmnModdle } from "bpmn-moddle";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OURS = "urn:motcua:bpmn";
const MODELS = [".", ".."].map((up) => join(ROOT, up, "../shared/data/yardsticks/bpmn")).find(existsSync);

/** The samples, and the reference models that are taken over, as our own program writes them. */
async function files() {
  const folder = await mkdtemp(join(tmpdir(), "motcua-bpmn-"));
  const beside = process.env.MOTCUA_BINARY && join(dirname(process.env.MOTCUA_BINARY), "examples", "bpmn");
  const command = beside && existsSync(beside) ? [beside] : ["cargo", "run", "--quiet", "-p", "bpmn", "--example", "bpmn", "--"];
  execFileSync(command[0], [...command.slice(1), folder, ...(MODELS ? [MODELS] : [])], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const names = (await readdir(folder)).sort();
  const read = await Promise.all(names.map(async (name) => ({ name, xml: await readFile(join(folder, name), "utf8") })));
  await rm(folder, { recursive: true });
  return read;
}

/** What moddle reads: everything that is to be drawn, with our own attributes. */
async function read(xml) {
  const { rootElement, warnings } = await new BpmnModdle().fromXML(xml);
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.message).join("\n"));
  const process = rootElement.rootElements.find((one) => one.$type === "bpmn:Process");
  const participants = rootElement.rootElements.flatMap((one) => one.participants ?? []);
  const lanes = (process.laneSets ?? []).flatMap((set) => set.lanes ?? []);
  const flows = process.flowElements.filter((one) => one.$type === "bpmn:SequenceFlow");
  const nodes = process.flowElements.filter((one) => one.$type !== "bpmn:SequenceFlow");
  return { process, participants, lanes, flows, nodes };
}

const own = (element, type) => element.extensionElements?.values.find((value) => value.$type === `motcua:${type}` && value.$descriptor.ns.uri === OURS);
const equal = (what, is, wanted) => {
  const [a, b] = [is, wanted].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}: ${a} and not ${b}`);
};

async function moddleReadsOursWithoutAWarning(all) {
  for (const { name, xml } of all) {
    const { nodes, flows } = await read(xml).catch((error) => { throw new Error(`${name}: ${error.message}`); });
    for (const flow of flows) {
      if (!nodes.includes(flow.sourceRef) || !nodes.includes(flow.targetRef)) throw new Error(`${name}: ${flow.id} leads nowhere`);
    }
  }
  const sample = async (name) => read(all.find((file) => file.name === `${name}.bpmn`).xml);
  const { process, nodes } = await sample("list");
  equal("the name", process.name, "Đăng ký khai sinh");
  const check = nodes.find((node) => node.id === "check");
  const { role, norm, allowed } = own(check, "step");
  equal("what a step says", [check.$type, role, norm, allowed], ["bpmn:UserTask", "officer", "4h", 'forward return "supplement" <b> & more']);
  const choice = await sample("choice");
  const whole = choice.nodes.find((node) => node.id === "whole");
  const survey = choice.flows.find((flow) => flow.targetRef.id === "survey");
  const { body, language } = survey.conditionExpression;
  equal("a condition", [body, language], ['answers.cap >= 3 && channel != "post"', "https://github.com/google/cel-spec"]);
  equal("the flow taken otherwise", whole.default.targetRef.id, "supplement");
  equal("a way back", own(choice.flows.find((flow) => flow.targetRef.id === "check" && flow.sourceRef.id === "supplement"), "back").times, "2");
  equal("a call", choice.nodes.find((node) => node.id === "fire").$type, "bpmn:CallActivity");
  const { lanes, participants } = await sample("lanes");
  equal("lanes", lanes.map((lane) => lane.flowNodeRef.length), [4, 5, 1, 3]);
  equal("the pool", participants.map((one) => one.processRef.name), ["Cấp giấy chứng nhận quyền sử dụng đất"]);
}

async function bpmnJsDrawsEveryShapeAndEdge(all, page) {
  const pictures = process.env.MOTCUA_BPMN_PICTURES;
  if (pictures) await mkdir(pictures, { recursive: true });
  await page.setContent('<div id="canvas" style="width: 100vw; height: 100vh"></div>');
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("bpmn-js/dist/bpmn-viewer.production.min.js") });
  for (const { name, xml } of all) {
    const { participants, lanes, flows, nodes } = await read(xml);
    const drawn = await page.evaluate(async (xml) => {
      window.viewer?.destroy();
      window.viewer = new window.BpmnJS({ container: "#canvas" });
      const { warnings } = await window.viewer.importXML(xml);
      window.viewer.get("canvas").zoom("fit-viewport");
      const registry = window.viewer.get("elementRegistry");
      const seen = registry.filter((one) => {
        const box = registry.getGraphics(one)?.querySelector(".djs-visual")?.getBoundingClientRect();
        return one.parent && !one.labelTarget && (box?.width > 0 || box?.height > 0);
      });
      const ids = (kind) => seen.filter((one) => Boolean(one.waypoints) === kind).map((one) => one.id).sort();
      return { warnings: warnings.map((warning) => warning.message), shapes: ids(false), edges: ids(true) };
    }, xml);
    const ids = (...lists) => lists.flat().map((one) => one.id).sort();
    equal(`${name}: warnings`, drawn.warnings, []);
    equal(`${name}: shapes`, drawn.shapes, ids(participants, lanes, nodes));
    equal(`${name}: lines`, drawn.edges, ids(flows));
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
  }
}

const began = Date.now();
const all = await files();
let browser;
let failures = 0;
try {
  browser = await chromium.launch({
    executablePath: process.env.MOTCUA_CHROMIUM_SHELL || process.env.MOTCUA_CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage({ viewport: { width: 1800, height: 900 } });
  for (const test of [moddleReadsOursWithoutAWarning, bpmnJsDrawsEveryShapeAndEdge]) {
    await test(all, page).catch((error) => {
      failures += 1;
      console.log(`FAILED  ${test.name}\n${error.stack ?? error}`);
    });
  }
} finally {
  await browser?.close();
}
console.log(`${failures === 0 ? "ok      " : ""}BPMN of ours in the hands of others: ${all.length} files (${((Date.now() - began) / 1000).toFixed(1)} s)`);
process.exit(failures === 0 ? 0 : 1);
