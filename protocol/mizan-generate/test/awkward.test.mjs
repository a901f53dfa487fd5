// Clients of interfaces that are made of words, shapes and names which languages trip over: prettier would leave them as
// they are, and they compile under every strict option, in TypeScript 6 and 7.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const command = fileURLToPath(new URL("../bin/mizan-generate.mjs", import.meta.url));
// Beside the packages, so that imports find them.
const folder = mkdtempSync(path.join(root, "node_modules/.awkward-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS = {
  target: "ES2022",
  module: "ESNext",
  moduleResolution: "bundler",
  lib: ["ES2022", "DOM"],
  types: [],
  jsx: "react-jsx",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  isolatedDeclarations: true,
  declaration: true,
  skipLibCheck: true,
  noEmit: true,
};

function run(program, ...words) {
  const done = spawnSync(program, words, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(done.status, 0, `${program} ${words.join(" ")}\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

const awkward = (seed, count) =>
  run("cargo", "run", "--quiet", "--package", "mizan-codegen", "--example", "awkward", String(seed), String(count));

/** Write the clients of one interface; the folder that they are in. */
function generate(seed, count, width, targets) {
  const output = path.join(folder, `of-${seed}-${count}-${width}`);
  mkdirSync(output);
  writeFileSync(path.join(output, "interface.kdl"), awkward(seed, count));
  const schemas = seed % 2 === 0 ? "zod" : "valibot";
  const target = ["--target", targets, "--line-width", String(width), "--schemas", schemas];
  if (seed % 3 === 0) target.push("--bigint", "--testing");
  run(process.execPath, command, path.join(output, "interface.kdl"), "--output", output, ...target);
  return output;
}

/** The compilers, by version. */
const compilers = {
  6: path.join(root, "frontends/checks/node_modules/typescript/bin/tsc"),
  7: path.join(root, "node_modules/typescript/bin/tsc"),
};

function compile(version, ...folders) {
  const compiler = compilers[version];
  assert.match(run(process.execPath, compiler, "--version"), new RegExp(`^Version ${version}\\.`));
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS, include: folders }));
  run(process.execPath, compiler, "--project", folder);
}

function checkLayout(output, width) {
  const options = ["--no-config", "--ignore-path", "/dev/null", "--with-node-modules", "--print-width", String(width)];
  run(path.join(root, "node_modules/.bin/prettier"), "--check", ...options, `${output}/*.ts`, `${output}/*.tsx`);
}

test("awkward interfaces have clients that compile, laid out as prettier would", () => {
  const sizes = [80, 120];
  const folders = sizes.flatMap((width) =>
    [1, 2].map((seed) => [generate(seed + width, 40, width, "react,vue,svelte"), width]),
  );
  for (const [output, width] of folders) checkLayout(output, width);
  for (const version of [6, 7]) compile(version, ...folders.map(([output]) => output));
});

/** TypeScript 6 takes minutes for it. */
const patience = process.env.MIZAN_TEST_EXTENT === "thorough" ? [6, 7] : [7];

test("ten thousand functions have a client that compiles", () => {
  const output = generate(7, 10_000, 80, "react");
  for (const version of patience) compile(version, output);
});
