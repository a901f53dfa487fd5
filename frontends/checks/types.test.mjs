/** Generated clients under TypeScript 6 and 7, and in components as the compilers of Vue and Svelte see them. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import test, { after } from "node:test";

const ROOT = join(import.meta.dirname, "../..");
const { resolve } = createRequire(import.meta.url);
const fromRoot = createRequire(join(ROOT, "package.json")).resolve;
// Here, so that imports find the packages; what is in node_modules itself is not looked at by all compilers.
mkdirSync(join(import.meta.dirname, "build"), { recursive: true });
const folder = mkdtempSync(join(import.meta.dirname, "build/types-"));
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
  verbatimModuleSyntax: true,
  isolatedModules: true,
  declaration: true,
  skipLibCheck: true,
  noEmit: true,
};

function run(program, ...words) {
  return spawnSync(program, words, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
}

function succeeds(done) {
  assert.equal(done.status, 0, `${done.error ?? ""}${done.stdout}${done.stderr}`);
}

/** A folder with the shop's client for *target* and *files*, and what compiles them. */
function project(name, target, files) {
  const place = join(folder, name);
  mkdirSync(place);
  const generator = join(ROOT, "protocol/mizan-generate/bin/mizan-generate.mjs");
  const interface_ = join(ROOT, "examples/shop/web/src/mizan/mizan.kdl");
  succeeds(run(process.execPath, generator, interface_, "--output", join(place, "api"), "--target", target));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
  // Components declare nothing for others.
  const isolated = Object.keys(files).length === 0;
  const config = { compilerOptions: { ...OPTIONS, isolatedDeclarations: isolated }, include: ["**/*"] };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify(config));
  return place;
}

const tsc = (resolved) => join(dirname(resolved("typescript/package.json")), "bin/tsc");
for (const [version, program] of [
  [6, tsc(resolve)],
  [7, tsc(fromRoot)],
]) {
  test(`the clients of the shop compile under TypeScript ${version}`, () => {
    assert.match(run(process.execPath, program, "--version").stdout, new RegExp(`^Version ${version}\\.`));
    const place = project(`typescript-${version}`, "react,vue,svelte", {});
    succeeds(run(process.execPath, program, "--project", place));
  });
}

const VUE = (shown) => `<script setup lang="ts">
import { usePlaceOrder, useUserProfile } from "./api/vue";

const props = defineProps<{ id: string }>();
const profile = useUserProfile(() => ({ user_id: props.id }));
const place = usePlaceOrder();
</script>

<template>
  <button :disabled="place.isPending" @click="place.reset()">{{ profile?.${shown}.toUpperCase() }}</button>
</template>
`;

function checkVue(place) {
  const checking = `require("vue-tsc").run(${JSON.stringify(resolve("typescript/lib/tsc"))})`;
  writeFileSync(join(place, "check.cjs"), checking);
  return run(process.execPath, join(place, "check.cjs"), "--project", join(place, "tsconfig.json"));
}

test("a component of Vue is checked against the client", () => {
  succeeds(checkVue(project("vue", "vue", { "Page.vue": VUE("name") })));
  const wrong = checkVue(project("vue-wrong", "vue", { "Page.vue": VUE("nmae") }));
  assert.notEqual(wrong.status, 0);
  assert.match(wrong.stdout, /nmae/);
});

const SVELTE = (shown) => `<script lang="ts">
  import { usePlaceOrder, useUserProfile } from "./api/svelte";

  const { id }: { id: string } = $props();
  const profile = useUserProfile(() => ({ user_id: id }));
  const place = usePlaceOrder();
</script>

<button disabled={place.isPending} onclick={() => place.reset()}>{profile.current?.${shown}.toUpperCase()}</button>
`;

function checkSvelte(place) {
  const program = join(dirname(resolve("svelte-check/package.json")), "bin/svelte-check");
  return run(process.execPath, program, "--workspace", place, "--tsconfig", join(place, "tsconfig.json"));
}

test("a component of Svelte is checked against the client", () => {
  succeeds(checkSvelte(project("svelte", "svelte", { "Page.svelte": SVELTE("name") })));
  const wrong = checkSvelte(project("svelte-wrong", "svelte", { "Page.svelte": SVELTE("nmae") }));
  assert.notEqual(wrong.status, 0);
  assert.match(wrong.stdout, /nmae/);
});
