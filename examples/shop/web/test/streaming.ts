/** A page that a server renders: sent part by part, or read before and sent at once. */

import { build } from "esbuild";
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { it } from "node:test";
import type { Browser } from "playwright-core";

import { Customer } from "./customers.js";
import { Proxy } from "./proxy.js";
import { ask, type Shop } from "./shops.js";

const SOURCES = join(import.meta.dirname, "../../test/streamed");
const BUILT = join(import.meta.dirname, "../streamed");
const PATIENCE = 30_000;

type Render = (url: string, request: IncomingMessage, response: ServerResponse) => unknown;

export function streaming(browser: () => Browser, shop: () => Shop): void {
  it("shows a part as it was rendered, then as it is, when it was invalidated before it came", () =>
    streamed(shop(), async ({ url, rendering, asked }) => {
      const page = await browser().newPage();
      page.setDefaultTimeout(PATIENCE);
      try {
        const late = rendering.hold(/coffee/);
        await page.goto(url, { waitUntil: "commit" });
        await page.locator("[data-tea]").waitFor();
        await page.getByText("coffee is on its way").waitFor();
        await late.arrived;
        const coffee = page.getByRole("list", { name: "coffee" }).locator("output");
        const [grace, before] = await Promise.all([Customer.of(shop(), "grace"), stockOf(shop(), "Ethiopian coffee")]);
        await grace.call("restock", { product_id: before.id, quantity: 7 });
        assert.deepEqual(asked(), []);
        await page.evaluate(`
          window.seen = [];
          new MutationObserver(() => {
            const text = document.querySelector('[aria-label="coffee"] output')?.textContent;
            if (text !== undefined && text !== window.seen.at(-1)) window.seen.push(text);
          }).observe(document, { childList: true, subtree: true, characterData: true });
          mizan.invalidate(["catalogue"]);
        `);
        late.release();
        await page.locator("[data-coffee]").waitFor();
        await coffee.getByText(String(before.stock + 7)).waitFor();
        await page.evaluate("mizan.idle()");
        assert.deepEqual(await page.evaluate("seen"), [before.stock, before.stock + 7].map(String));
        assert.deepEqual(await page.evaluate("errors"), []);
        assert.deepEqual([...asked()].sort(), [
          "GET ctx/catalogue/?category=coffee",
          "GET ctx/catalogue/?category=tea",
        ]);
      } finally {
        await page.close();
      }
    }));

  it("asks for nothing that came with the page", () =>
    streamed(shop(), async ({ url, asked }) => {
      const page = await browser().newPage();
      try {
        await page.goto(url);
        await page.locator("[data-tea][data-coffee]").waitFor();
        assert.deepEqual(await page.evaluate("errors"), []);
        assert.deepEqual(asked(), []);
      } finally {
        await page.close();
      }
    }));

  it("reads before it renders, in one request, and the browser asks for nothing of it", () =>
    streamed(shop(), async ({ url, rendering, asked }) => {
      const html = await (await ask(`${url}read`)).text();
      assert.match(html.replaceAll(/<script.*?<\/script>/gs, ""), /Assam tea.*<output>\d+.*Ethiopian coffee/s);
      assert.deepEqual(rendering.asked, ["GET ctx/?catalogue=category%3Dtea&catalogue=category%3Dcoffee"]);
      const page = await browser().newPage();
      try {
        await page.goto(`${url}read`);
        await page.locator("[data-tea][data-coffee]").waitFor();
        assert.deepEqual(await page.evaluate("errors"), []);
        assert.deepEqual(asked(), []);
      } finally {
        await page.close();
      }
    }));
}

interface Streamed {
  /** Where the page is. */
  readonly url: string;
  /** What passes between the server that renders and the shop. */
  readonly rendering: Proxy;
  /** What the browser has asked the shop for. */
  asked(): readonly string[];
}

/** Run *story* with a server that renders the page for browsers, from what the shop says. */
async function streamed(shop: Shop, story: (streamed: Streamed) => Promise<void>): Promise<void> {
  const { renders, client } = await built();
  const [rendering, reading] = await Promise.all([Proxy.to(shop.url), Proxy.to(shop.url)]);
  const server = createServer((request, response) => {
    const render = renders[request.url ?? "/"];
    if (render !== undefined) render(rendering.url, request, response);
    else if (request.url === "/client.js") response.setHeader("Content-Type", "text/javascript").end(client);
    else reading.pass(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await story({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      rendering,
      asked: () => reading.asked,
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await Promise.all([rendering.close(), reading.close()]);
  }
}

interface Built {
  /** By the path of the page. */
  readonly renders: { readonly [path: string]: Render };
  readonly client: string;
}

let building: Promise<Built> | undefined;

/** Built once: those who build beside one another would read what the other is writing. */
function built(): Promise<Built> {
  return (building ??= bundles());
}

async function bundles(): Promise<Built> {
  const common = { bundle: true, format: "esm", jsx: "automatic", logLevel: "warning" } as const;
  const outfile = join(BUILT, "server.mjs");
  await build({
    ...common,
    entryPoints: [join(SOURCES, "server.tsx")],
    outfile,
    platform: "node",
    packages: "external",
  });
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join(SOURCES, "client.tsx")],
    write: false,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const { stream, read } = (await import(outfile)) as { stream: Render; read: Render };
  return { renders: { "/": stream, "/read": read }, client: outputFiles.map(({ text }) => text).join("") };
}

async function stockOf({ url }: Shop, name: string): Promise<{ readonly id: string; readonly stock: number }> {
  const response = await ask(`${url}/api/mizan/ctx/catalogue/`);
  const { search_products } = (await response.json()) as {
    search_products: { id: string; name: string; stock: number }[];
  };
  const product = search_products.find((one) => one.name === name);
  if (product === undefined) throw new Error(`There is no ${name}.`);
  return product;
}
