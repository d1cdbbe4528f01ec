// The program's API against its own description, asked by schemathesis: nothing that fits is refused, nothing that does not is taken,
// no status or body is undocumented, nothing fails, and nobody gets in with no session or a made-up one. As nobody, as officials
// and as a citizen.
//
// MOTCUA_BINARY  the program (built by scripts/test)
// MOTCUA_ST      schemathesis (installed by scripts/test from requirements.txt)

import { spawn, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "../browser/server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const EVERY_PHASE = "examples,coverage,fuzzing,stateful";
/** Who asks: nobody, and people of the demonstration. The examples of each are few: four ask. Nobody is let in hardly anywhere, and
 *  where they are, the others ask every case of the description. */
const PEOPLE = [
  { login: null, examples: 12, phases: "examples,fuzzing" },
  { login: "motcua", examples: 12, phases: EVERY_PHASE },
  { login: "cchc", examples: 12, phases: EVERY_PHASE },
  { login: "congdan", examples: 8, phases: EVERY_PHASE },
];
/** One check needs what an API of ours does not have: objects that a request makes and another takes away. */
const CHECKS_LEFT_OUT = "use_after_free,ensure_resource_availability,object_level_authorization";
/** The same requests in every run; another seed is a day's decision, not chance's. */
const SEED = "2026";

/** Signs in as a browser does and gives the session's cookie. */
async function session(address, login, password) {
  const jar = new Map();
  const go = async (path, more) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(address + path, { headers: { cookie }, redirect: "manual", ...more });
    for (const set of response.headers.getSetCookie()) {
      const [name, value] = set.split(";")[0].split(/=(.*)/s, 2);
      jar.set(name, value);
    }
    return response;
  };
  const page = await (await go("/sign-in")).text();
  const token = page.match(/name="_csrf" value="([^"]*)"/)?.[1] ?? "";
  const response = await go("/sign-in", { method: "POST", body: new URLSearchParams({ _csrf: token, login, password }) });
  if (response.status !== 303) throw new Error(`${login} cannot sign in: ${response.status}`);
  return jar.get("session");
}

/** The settings of one person's run: the session is given as the description says one is, not as a header that the tool would
 *  take for something left out. */
async function settings(folder, name, cookie) {
  const hooks = `hooks = ${JSON.stringify(join(here, "hooks.py"))}\n`;
  const common = hooks + (await readFile(join(here, "schemathesis.toml"), "utf8"));
  const path = join(folder, `${name}.toml`);
  await writeFile(path, cookie ? `${common}\n[auth.openapi.session]\napi_key = ${JSON.stringify(cookie)}\n` : common);
  return path;
}

/** One person's run. With one worker: two in one process now and then break Python 3.11 (hypothesis changes the limit of recursion
 *  in one thread while the other reads source text: "AST constructor recursion depth mismatch"). Instead two people ask at once. */
async function ask(name, examples, phases, config, folder, address) {
  const began = Date.now();
  const args = [
    "--config-file", config, "run", join(folder, "openapi.json"), "--url", address,
    "--checks", "all", "--exclude-checks", CHECKS_LEFT_OUT,
    "--phases", phases, "--max-examples", String(examples), "--seed", SEED, "--workers", "1",
    "--no-color", "--warnings", "off", "--suppress-health-check", "all",
  ];
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(process.env.MOTCUA_ST, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (text += piece));
  const code = await new Promise((resolve) => child.on("exit", resolve));
  const cases = text.match(/Test cases:[\s\S]*?(\d[\d,]*) generated/)?.[1] ?? "?";
  console.log(`${code === 0 ? "ok    " : "FAILED"}  the API as ${name}: ${cases} requests (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(text.slice(-20_000));
  return code === 0;
}

const folder = await mkdtemp(join(tmpdir(), "motcua-api-"));
const server = await serve();
let well = true;
try {
  await writeFile(join(folder, "openapi.json"), execFileSync(process.env.MOTCUA_BINARY, ["openapi"]));
  // Nobody last and alone: what they post by the thousand uses up what an address without an account may, and the others, asked for their
  // answer to a request without a session, would be told to wait.
  const waiting = PEOPLE.filter(({ login }) => login);
  const some = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { login, examples, phases } = next;
      const name = login ?? "nobody";
      const cookie = login && (await session(server.address, login, server.password));
      const config = await settings(folder, name, cookie);
      well = (await ask(name, examples, phases, config, folder, server.address)) && well;
    }
  };
  await Promise.all([some(), some()]);
  waiting.push(...PEOPLE.filter(({ login }) => !login));
  await some();
  const complaints = server.complaints();
  if (complaints.length > 0) console.log(`FAILED  the program's log:\n${complaints.join("\n")}`);
  well = complaints.length === 0 && well;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(well ? 0 : 1);
