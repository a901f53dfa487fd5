/** Compiles the components of the tests, for a browser, as a bundler's plugin would. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "svelte/compiler";

const folder = new URL("./", import.meta.url);
const target = new URL("../build/test/", import.meta.url);
for (const name of readdirSync(folder).filter((file) => file.endsWith(".svelte"))) {
  const { js } = compile(readFileSync(new URL(name, folder), "utf8"), { generate: "client", filename: name });
  writeFileSync(new URL(`${name}.js`, target), js.code.replaceAll(/(["'])\.\/(\w+)\.svelte\1/g, "$1./$2.svelte.js$1"));
}
