// The program as a child process, with a province of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Dossiers the demonstration begins with: enough for every list to have rows and every figure a value. */
const DOSSIERS = 300;
/** Making the province and starting takes seconds; a minute means that something hangs. */
const START_MS_MAX = 180_000;
/** A clean log is a few lines; of a broken one the end is enough. */
const LOG_CHARS_MAX = 1_000_000;

export async function serve() {
  const data = await mkdtemp(join(tmpdir(), "motcua-browser-"));
  const binary = process.env.MOTCUA_BINARY;
  if (!binary) throw new Error("MOTCUA_BINARY names the program to test");
  const args = ["demo", "--data", data, "--listen", "127.0.0.1:0", "--dossiers", String(DOSSIERS)];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, RUST_LOG: "warn" } });
  let errors = "";
  child.stderr.on("data", (piece) => (errors = (errors + piece).slice(-LOG_CHARS_MAX)));
  const complaints = () => errors.split("\n").filter((line) => /panicked|\bERROR\b/.test(line));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000))]);
    if (child.exitCode === null) child.kill("SIGKILL");
    await rm(data, { recursive: true, force: true });
  };
  try {
    const { address, password } = await firstLine(child, ended, () => errors);
    return { address, password, stop, complaints };
  } catch (error) {
    await stop();
    throw error;
  }
}

function firstLine(child, ended, errors) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`the program did not start:\n${errors()}`)), START_MS_MAX);
    ended.then((code) => reject(new Error(`the program ended with ${code}:\n${errors()}`)));
    child.stdout.on("data", (piece) => {
      text += piece;
      const line = text.split("\n").find((one) => one.startsWith("{"));
      if (line && text.includes("\n")) {
        clearTimeout(timer);
        resolve(JSON.parse(line));
      }
    });
  });
}
