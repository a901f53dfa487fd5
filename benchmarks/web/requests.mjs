/**
 * `node requests.mjs FOLDER URL`: how many requests a project's client sends to the service at URL, as
 * `{"load": …, "mutation": …}`; the scenario stands in peers/scenario.ts.
 */

import { build } from "esbuild";
import { join } from "node:path";

const [folder, url] = process.argv.slice(2);
const outfile = join(folder, "requests.built.mjs");
await build({
  entryPoints: [join(folder, "requests.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["react", "react/*"],
});
const { scenario } = await import(outfile);

const asked = [];
const { fetch } = globalThis;
const count = (input, init) => {
  const address = input instanceof Request ? input.url : String(input);
  // The CSRF token is asked for once for each page, before its first mutation.
  if (!address.endsWith("/session/")) asked.push(address);
  return fetch(input, init);
};
const page = await scenario(url, count);
await page.loaded();
const load = asked.length;
await page.mutate();
await page.loaded();
console.log(JSON.stringify({ load, mutation: asked.length - load, asked }));
process.exit();
