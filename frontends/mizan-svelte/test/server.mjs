/** Renders Page.svelte as a server does, without what only browsers have; prints the HTML. `server.test.ts` runs it. */

import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "svelte/compiler";
import { render } from "svelte/server";
import { Server, userContext } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { getMizanHydration } from "mizan-runtime/server";

const target = new URL("../build/test/", import.meta.url);
for (const name of ["Name", "Page"]) {
  const source = readFileSync(new URL(`${name}.svelte`, import.meta.url), "utf8");
  const { js } = compile(source, { generate: "server", filename: `${name}.svelte` });
  writeFileSync(new URL(`${name}.server.js`, target), js.code.replaceAll("./Name.svelte", "./Name.server.js"));
}
const { default: Page } = await import(new URL("Page.server.js", target));
const server = new Server();
const client = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch });
await getMizanHydration(client, [[userContext, { user_id: 1 }]]);
console.log(render(Page, { props: { client, page: {} } }).body, server.requests.length);
