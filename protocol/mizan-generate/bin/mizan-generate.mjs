#!/usr/bin/env node
// The command mizan-generate as WebAssembly. What WebAssembly cannot do stands here: importing a configuration that is
// JavaScript, starting the server's Python, and watching files.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync } from "node:fs";
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";

const WASM = fileURLToPath(new URL("../dist/mizan-generate.wasm", import.meta.url));
/** What the folders are called that the generator sees: where the configuration is, and where clients are written. */
const BASE = "/mizan-base";
const OUTPUT = "/mizan-output";
/** What a configuration is called that nobody has to name. */
const CONFIGURATIONS = ["mizan.toml", "django.config.mjs"];
const SKIPPED = new Set(["__pycache__", "node_modules", "site-packages", "target"]);

class Failure extends Error {}

// V8's fast calls of WASI's functions may collect garbage and ruin the heap (nodejs/node#46777).
setFlagsFromString("--no-turbo-fast-api-calls");
const generator = await WebAssembly.compile(readFileSync(WASM));
const { WASI } = await silently(() => import("node:wasi"));

/** Node calls its WASI experimental on every start. */
async function silently(action) {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return await action();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Run the generator; its exit code, and what it has said. */
async function run(words, preopens, temporary) {
  const [out, err] = ["out", "err"].map((name) => path.join(temporary, name));
  const [stdout, stderr] = [out, err].map((name) => openSync(name, "w"));
  try {
    const options = {
      version: "preview1",
      args: ["mizan-generate", ...words],
      preopens,
      stdout,
      stderr,
      returnOnExit: true,
    };
    const wasi = await silently(() => new WASI(options));
    const code = wasi.start(await WebAssembly.instantiate(generator, wasi.getImportObject()));
    return { code, out: readFileSync(out, "utf8"), err: readFileSync(err, "utf8") };
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

/** The file that `--config` names, and the words without it. */
function configuration(words) {
  const end = words.indexOf("--");
  const own = end === -1 ? words : words.slice(0, end);
  const index = own.findIndex((word) => word === "--config" || word.startsWith("--config="));
  if (index === -1) return { file: CONFIGURATIONS.find((name) => existsSync(name)) ?? null, rest: words };
  const joined = own[index].startsWith("--config=");
  const file = joined ? own[index].slice("--config=".length) : own[index + 1];
  return { file: file ?? "", rest: [...words.slice(0, index), ...words.slice(index + (joined ? 1 : 2))] };
}

/** Put the configuration where the generator reads it; the words that name it there. */
async function prepare(file, temporary) {
  if (file === null) return [];
  if (!existsSync(file)) throw new Failure(`${file}: there is no such file`);
  if (/\.[cm]?js$/.test(file)) {
    const module = await import(pathToFileURL(path.resolve(file)).href);
    writeFileSync(path.join(temporary, "mizan.json"), JSON.stringify(module.default ?? null));
    return [`--config=${BASE}/mizan.json`];
  }
  const name = file.endsWith(".json") ? "mizan.json" : "mizan.toml";
  copyFileSync(file, path.join(temporary, name));
  return [`--config=${BASE}/${name}`];
}

/** The interface, as the source says. */
function read(source, real) {
  if (source.file === "-") return readFileSync(0, "utf8");
  if (source.file !== undefined) return readFileSync(real(source.file), "utf8");
  const { command, env, folder } = source.program;
  const shown = command.join(" ");
  // Python prints in the encoding of the user's locale where nothing is said.
  const variables = { ...process.env, PYTHONIOENCODING: "utf-8", ...env };
  const options = { cwd: real(folder), env: variables, encoding: "utf8", maxBuffer: 1 << 28 };
  const done = spawnSync(command[0], command.slice(1), options);
  if (done.error) throw new Failure(`\`${shown}\` could not be started: ${done.error.message}`);
  if (done.status !== 0) throw new Failure(`\`${shown}\` has failed (${done.status}):\n${done.stderr.trimEnd()}`);
  return done.stdout;
}

async function generate(job, output, real, temporary) {
  writeFileSync(path.join(temporary, "interface.kdl"), read(job.source, real));
  if (job.diff !== null) {
    copyFileSync(real(job.diff), path.join(temporary, "old.kdl"));
    const done = await run([`${BASE}/interface.kdl`, `--diff=${BASE}/old.kdl`], { [BASE]: temporary }, temporary);
    process.stdout.write(done.out);
    process.stderr.write(done.err.replaceAll(`${BASE}/old.kdl`, job.diff));
    return done.code;
  }
  const isThere = existsSync(output) || !job.arguments.includes("--check");
  const folder = isThere ? output : path.join(temporary, "nothing");
  mkdirSync(folder, { recursive: true });
  const words = [`${BASE}/interface.kdl`, `--output=${OUTPUT}`, ...job.arguments];
  const done = await run(words, { [BASE]: temporary, [OUTPUT]: folder }, temporary);
  const shown = path.relative("", output) || ".";
  process.stdout.write(done.out.replaceAll(OUTPUT, shown));
  process.stderr.write(done.err.replaceAll(OUTPUT, shown));
  return done.code;
}

/** When the Python files in a folder have been changed, or the file itself. */
function times(file, found = {}) {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status?.isDirectory() !== true) return { ...found, [file]: status?.mtimeMs };
  for (const entry of readdirSync(file, { withFileTypes: true })) {
    const isWatched = entry.isDirectory() || entry.name.endsWith(".py");
    if (!isWatched || entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
    Object.assign(found, times(path.join(file, entry.name)));
  }
  return found;
}

/** A file, or the folders whose Python files make the interface. */
function watchedBy({ file, program }, real) {
  if (file) return [real(file)];
  const { PYTHONPATH = "" } = { ...process.env, ...program.env };
  const named = PYTHONPATH.split(path.delimiter).filter((folder) => folder !== "");
  return [real(program.watched), ...named.map((folder) => path.resolve(real(program.folder), folder))];
}

async function watch(source, real, action) {
  const watched = watchedBy(source, real);
  for (let seen = ""; ; await pause(300)) {
    const now = JSON.stringify(watched.map((name) => times(name)));
    if (now === seen) continue;
    seen = now;
    await action().catch(complain);
  }
}

function complain(error) {
  if (!(error instanceof Failure) && error.code !== "ENOENT") throw error;
  process.stderr.write(`${error.message}\n`);
  return 1;
}

async function main(words, temporary) {
  const { file, rest } = configuration(words);
  const config = await prepare(file, temporary);
  const asked = await run([...config, "--print-source", ...rest], { [BASE]: temporary }, temporary);
  if (asked.code !== 0 || !asked.out.startsWith("{")) {
    process.stdout.write(asked.out);
    // The user's own name for what was copied.
    const said = file === null ? asked.err : asked.err.replaceAll(config[0].slice("--config=".length), file);
    process.stderr.write(said);
    return asked.code;
  }
  const job = JSON.parse(asked.out);
  const base = path.dirname(path.resolve(file ?? "mizan.toml"));
  const real = (name) => (name.startsWith(BASE) ? path.join(base, name.slice(BASE.length)) : path.resolve(name));
  if (job.output === null && job.diff === null)
    throw new Failure("there is no folder to write to: give --output FOLDER, or `output` in the configuration");
  const action = () => generate(job, job.output && real(job.output), real, temporary);
  return job.watch ? watch(job.source, real, action) : action();
}

const temporary = mkdtempSync(path.join(tmpdir(), "mizan-generate-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));
process.exitCode = await main(process.argv.slice(2), temporary).catch(complain);
