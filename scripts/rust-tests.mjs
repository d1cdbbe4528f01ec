// Every test in Rust, several programs of tests at once: most of them wait for databases, pages and clocks more than they work, and one
// after the other they leave half of a machine idle. What one says is shown when it has ended, whole.
//
//   node scripts/rust-tests.mjs
//
// Built by cargo as `cargo test` builds them, run as it runs them: in the folder of their crate. Examples in documentation go last.

import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, constants, setPriority, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";

const AT_ONCE = availableParallelism() + 2;
/** The longest of all goes in parts, each a process of its own: two of its tests take as long as all its others. */
const PARTS = { tests: [["hostile::"], ["proof::"], ["--skip", "proof::", "--skip", "hostile::"]] };
/** One request after the other from the first to the last: whoever waits for it waits for nothing else, so the others stand behind it. */
const CHAIN = "tests/tests hostile::";
/** Those that take longest begin first. */
const FIRST = ["tests", "province", "catalogue", "limits", "hostile", "worklists", "figures", "printing", "dossiers"];

/** The programs of tests, with the folder each belongs to. */
async function built() {
  const cargo = spawn("cargo", ["test", "--workspace", "--no-run", "--message-format=json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => cargo.on("close", resolve));
  const found = [];
  for await (const line of createInterface({ input: cargo.stdout })) {
    const said = line.startsWith("{") ? JSON.parse(line) : {};
    if (said.reason === "compiler-message") process.stderr.write(said.message.rendered ?? "");
    if (said.reason === "compiler-artifact" && said.profile.test && said.executable) {
      found.push({ name: said.target.name, program: said.executable, folder: dirname(said.manifest_path) });
    }
  }
  if ((await ended) !== 0) process.exit(1);
  const rank = ({ name }) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const parts = (one) => (PARTS[one.name] ?? [[]]).map((args) => ({ ...one, args }));
  return found.sort((one, other) => rank(one) - rank(other)).flatMap(parts);
}

/** Runs one to its end; whether all was well. */
function run(program, args, folder, name) {
  return new Promise((resolve) => {
    const began = Date.now();
    const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    if (name !== CHAIN && child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const said = [];
    child.stdout.on("data", (data) => said.push(data));
    child.stderr.on("data", (data) => said.push(data));
    child.on("error", (error) => said.push(Buffer.from(`${error}\n`)));
    child.on("close", (code) => {
      const well = code === 0;
      const text = Buffer.concat(said).toString();
      const counted = [...text.matchAll(/test result: \w+\. (\d+) passed/g)].reduce((sum, match) => sum + Number(match[1]), 0);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(`${well ? "ok     " : "FAILED "} ${name}: ${counted} passed (${seconds} s)`);
      if (!well) console.log(text);
      resolve({ well, counted });
    });
  });
}

const waiting = await built();
/** Programs that want a cluster of PostgreSQL copy the first one's: making one anew is half a second of a processor. */
const clusters = mkdtempSync(join(tmpdir(), "motcua-clusters-"));
// The server runs as another user than root.
chmodSync(clusters, 0o777);
process.env.MOTCUA_TEST_INITDB = clusters;
process.on("exit", () => rmSync(clusters, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
if (waiting.length < 40) {
  console.error(`only ${waiting.length} programs of tests were built`);
  process.exit(1);
}
const results = [];
async function worker() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const name = [`${basename(next.folder)}/${next.name}`, ...next.args].join(" ");
    results.push(await run(next.program, ["--quiet", ...next.args], next.folder, name));
  }
}
async function examples() {
  results.push(await run("cargo", ["test", "--workspace", "--doc", "--quiet"], process.cwd(), "examples in documentation"));
  await worker();
}
await Promise.all([examples(), ...Array.from({ length: AT_ONCE - 1 }, worker)]);
const failed = results.filter(({ well }) => !well).length;
const counted = results.reduce((sum, result) => sum + result.counted, 0);
console.log(failed ? `${failed} programs of tests failed` : `${counted} tests passed`);
process.exit(failed ? 1 : 0);
