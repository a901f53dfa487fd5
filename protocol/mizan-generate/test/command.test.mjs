// The npm package's command, as users start it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../bin/mizan-generate.mjs", import.meta.url));
const INTERFACE = `ir version=2
type "AboutOutput" {
    alias {
        primitive "string"
    }
}
function "about" {
    camel "about"
    transport "http"
    output "AboutOutput" nullable=#false
}
`;

let folder;
before(() => (folder = mkdtempSync(path.join(tmpdir(), "generate-test-"))));
after(() => rmSync(folder, { recursive: true, force: true }));

const at = (name) => path.join(folder, name);

function generate(...words) {
  const done = spawnSync(process.execPath, [COMMAND, ...words], { cwd: folder, encoding: "utf8" });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

test("an older interface is compared", () => {
  writeFileSync(at("now.kdl"), INTERFACE);
  writeFileSync(at("older.kdl"), INTERFACE.replace("#false", "#true"));
  const fine = generate("now.kdl", "--diff", "older.kdl");
  assert.deepEqual(fine, { code: 0, out: "~ about: the result is never null now\n1 change, not breaking\n", err: "" });
  writeFileSync(at("older.kdl"), INTERFACE.replace('"string"', '"number"'));
  const broken = generate("now.kdl", "--diff=older.kdl");
  assert.equal(broken.code, 1);
  assert.match(broken.out, /of another type now {2}\(breaks clients of before\)\n1 change, breaking\n$/);
  writeFileSync(at("older.kdl"), "{}");
  assert.match(generate("now.kdl", "--diff", "older.kdl").err, /^older\.kdl: line 1/);
});

/** A project whose `manage.py` is a program for Node. */
function project() {
  const source = `
    if (process.argv[2] !== "export_mizan_ir" || process.env.PROJECT !== "shop") throw new Error("asked for something else");
    process.stdout.write((await import("node:fs")).readFileSync(new URL("interface.kdl", import.meta.url)));
  `;
  writeFileSync(at("manage.mjs"), source);
  writeFileSync(at("interface.kdl"), INTERFACE);
  const django = { managePath: at("manage.mjs"), command: [process.execPath], env: { PROJECT: "shop" } };
  const config = { source: { django }, output: "src/api", targets: ["react"] };
  writeFileSync(at("django.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  return ["--config", "django.config.mjs"];
}

test("the configuration of a Django project is enough", () => {
  const config = project();
  assert.deepEqual(generate(...config), { code: 0, out: `${path.join("src", "api")}: 6 written\n`, err: "" });
  assert.ok(readdirSync(at("src/api")).includes("react.tsx"));
  assert.deepEqual(generate(...config, "--check"), { code: 0, out: "", err: "" });
});

test("a configuration of before is found by itself, names a module, and means React", () => {
  project();
  const django = { managePath: "manage.mjs", command: [process.execPath], env: { PROJECT: "shop" } };
  const config = { source: { django }, output: "old/api/generated.ts" };
  writeFileSync(at("django.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  assert.deepEqual(generate(), { code: 0, out: `${path.join("old", "api")}: 6 written\n`, err: "" });
  assert.match(readFileSync(at("old/api/index.ts"), "utf8"), /export \* from "\.\/react"/);
});

test("changes are told, and a check fails", () => {
  const config = project();
  generate(...config);
  writeFileSync(at("interface.kdl"), INTERFACE.replace("    output", '    auth "staff"\n    output'));
  const done = generate(...config, "--check");
  assert.equal(done.code, 1);
  assert.equal(done.out, "~ about: is for staff now  (breaks clients of before)\n");
  assert.match(done.err, /^src.api.functions\.ts is out of date\n/);
  assert.equal(readFileSync(at("src/api/mizan.kdl"), "utf8"), INTERFACE);
});

test("an interface may come from a file, a program or mizan.toml", () => {
  project();
  assert.equal(generate("interface.kdl", "--output", "one", "--target", "vue").code, 0);
  const program = [process.execPath, "-e", `process.stdout.write(${JSON.stringify(INTERFACE)})`];
  assert.equal(generate("--output", "two", "--target", "vue", "--", ...program).code, 0);
  writeFileSync(at("mizan.toml"), 'output = "three"\ntargets = ["vue"]\n[source]\nfile = "interface.kdl"\n');
  assert.equal(generate().code, 0);
  rmSync(at("mizan.toml"));
  const vue = (name) => readFileSync(at(`${name}/vue.ts`), "utf8");
  assert.equal(vue("one"), vue("two"));
  assert.equal(vue("one"), vue("three"));
});

test("what goes wrong is said without a stack", () => {
  project();
  rmSync(at("django.config.mjs"));
  assert.match(generate("interface.kdl").err, /^there is no folder to write to/);
  const config = project();
  writeFileSync(at("manage.mjs"), 'console.error("no database"); process.exit(3);\n');
  writeFileSync(at("wrong.toml"), '[source.fastapi]\nmodul = "app"\n');
  const failures = [
    [["--config", "wrong.toml"], /^wrong\.toml: .*unknown field `modul`, expected one of `module`/s],
    [config, /^`.*manage\.mjs export_mizan_ir` has failed \(3\):\nno database\n$/],
    [["--config", "none.mjs"], /^none\.mjs: there is no such file\n$/],
    [["none.kdl", "--output", "x"], /none\.kdl/],
    [["--targt"], /^invalid option '--targt'/],
  ];
  for (const [words, message] of failures) {
    const done = generate(...words);
    assert.notEqual(done.code, 0);
    assert.match(done.err, message);
    assert.doesNotMatch(done.err, /\n {4}at /);
  }
});

/** Write a file that is being watched: who looks sees the old text or the new one, never half of it. */
function replace(file, text) {
  writeFileSync(`${file}.draft`, text);
  renameSync(`${file}.draft`, file);
}

test("watching generates again when the interface changes, and tells what it cannot read", async () => {
  writeFileSync(at("watched.kdl"), INTERFACE);
  const words = [COMMAND, "watched.kdl", "--output", "watched", "--watch"];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const complained = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  try {
    assert.equal((await said.next()).value, "watched: 6 written");
    replace(at("watched.kdl"), "{}");
    assert.match((await complained.next()).value, /^the interface: line 1/);
    replace(at("watched.kdl"), INTERFACE.replace("#false", "#true"));
    assert.match((await said.next()).value, /the result may be null now/);
  } finally {
    child.kill();
    await ended;
  }
});

test("a server beside the configuration is watched where PYTHONPATH has it", async () => {
  const [server, page] = ["server", "page"].map((name) => at(name));
  for (const name of [server, page]) mkdirSync(name);
  writeFileSync(path.join(server, "app.py"), "");
  writeFileSync(path.join(server, "interface.kdl"), INTERFACE);
  const print = 'process.stdout.write(fs.readFileSync(process.env.PYTHONPATH + "/interface.kdl"))';
  const fastapi = { module: "app", command: [process.execPath, "-e", print, "--"], env: { PYTHONPATH: "../server" } };
  const config = { source: { fastapi }, output: "api" };
  writeFileSync(path.join(page, "django.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  const child = spawn(process.execPath, [COMMAND, "--watch"], { cwd: page, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    assert.match((await said.next()).value, /^api: \d written$/);
    replace(path.join(server, "interface.kdl"), INTERFACE.replace("#false", "#true"));
    replace(path.join(server, "app.py"), "changed = True\n");
    assert.match((await said.next()).value, /the result may be null now/);
  } finally {
    child.kill();
    await ended;
  }
});
