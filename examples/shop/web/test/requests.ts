/** What is asked for how often: retries, tokens of the session, and many at once. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { componentsOf } from "./components.js";
import type { Visiting } from "./browser.test.js";

const COMPONENTS = 50;
const STORM = 200;

export function requests(visiting: Visiting): void {
  it("reads for 50 components once, and changes them all with one answer", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      await tab.add("Assam tea");
      proxy.forget();
      await tab.page.addScriptTag({ content: await componentsOf(COMPONENTS) });
      const stocks = tab.page.locator("output.stock");
      await stocks.nth(COMPONENTS - 1).waitFor();
      await tab.rest();
      assert.deepEqual(proxy.asked, ["GET ctx/catalogue/?query=Assam"]);
      const before = new Set(await stocks.allTextContents());
      proxy.forget();
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await tab.rest();
      assert.deepEqual(
        proxy.asked.filter((name) => !name.startsWith("GET session/")),
        ["POST place_order"],
      );
      assert.deepEqual(
        new Set(await stocks.allTextContents()),
        new Set([...before].map((stock) => String(Number(stock) - 1))),
      );
    }));

  it("survives a storm of 200 mutations: the last one is shown, with fewer reads than calls", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const user_id = await tab.customer();
      proxy.forget();
      const rename = `mizan.call({ name: "rename", affects: ["global", "user"] }, { user_id: "${user_id}", name: \`Ada \${n}\` })`;
      await tab.page.evaluate(`Promise.all(Array.from({ length: ${STORM} }, (_, n) => ${rename}))`);
      await tab.rest();
      const calls = proxy.asked.filter((name) => name === "POST rename");
      const reads = proxy.asked.filter((name) => name.startsWith("GET ctx/"));
      assert.equal(calls.length, STORM);
      assert.ok(reads.length < STORM, `${reads.length} reads`);
      const shown = await tab.greeting.textContent();
      await tab.page.getByRole("heading", { name: shown ?? "", exact: true }).waitFor();
      await tab.page.reload();
      await tab.page.getByRole("heading", { name: shown ?? "", exact: true }).waitFor();
      assert.equal(await tab.greeting.textContent(), shown);
    }));

  it("repeats a read that failed in passing, and no call", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      proxy.fail(/^GET ctx\/catalogue/, 503, "UNAVAILABLE");
      proxy.forget();
      await tab.page.getByRole("radio", { name: "Coffee" }).check();
      await tab.card("Assam tea").waitFor({ state: "detached" });
      assert.deepEqual(proxy.asked, ["GET ctx/catalogue/?category=coffee", "GET ctx/catalogue/?category=coffee"]);
      proxy.fail(/^POST rename/, 503, "UNAVAILABLE");
      proxy.forget();
      await tab.rename("Not Ada");
      await tab.page.getByText("Something is broken.").waitFor();
      await tab.rest();
      assert.equal(proxy.asked.filter((name) => name === "POST rename").length, 1, proxy.asked.join("\n"));
    }));

  it("gets the CSRF token once, and again when the server does not take it any longer", () =>
    visiting(async (tab, { proxy, context }) => {
      await tab.logIn("ada");
      await tab.rename("Ada with a token");
      await tab.rest();
      proxy.forget();
      await tab.rename("Ada with the same");
      await tab.rest();
      assert.deepEqual(proxy.asked, ["POST rename"]);
      await context.clearCookies({ name: "csrftoken" });
      proxy.forget();
      await tab.rename("Ada with another");
      await tab.rest();
      const renewed = tab.shop.name === "Django" ? ["POST rename", "GET session/", "POST rename"] : ["POST rename"];
      assert.deepEqual(proxy.asked, renewed);
      assert.equal(await tab.greeting.textContent(), "Ada with another");
    }));

  it("renews a token once for all that wait for it, and does not go on when the session is over", () =>
    visiting(async (tab, { proxy, context }) => {
      await tab.logIn("ada");
      const reads = "Promise.allSettled(known.map((entry) => { entry.refetch(); return byToken.idle(); }))";
      await tab.page.evaluate(`
        window.byToken = new mizan.constructor({ auth: "token", batch: false, tabs: false });
        const catalogue = { name: "catalogue", slots: { search_products: ["category", "max_price", "query"] } };
        window.known = ["a", "e", "i", "o", "u"].map((query) => byToken.entry(catalogue, { query }));
        for (const entry of known) entry.subscribe(() => undefined);
        byToken.idle();
      `);
      const counted = (name: RegExp) => proxy.asked.filter((asked) => name.test(asked)).length;
      assert.deepEqual([counted(/^POST mwt_obtain/), counted(/^GET ctx\/catalogue\/\?query=[aeiou]$/)], [1, 5]);
      for (let read = 0; read < 5; read++) proxy.fail(/^GET ctx\/catalogue/, 401, "UNAUTHORIZED");
      proxy.forget();
      await tab.page.evaluate(reads);
      assert.deepEqual([counted(/^POST mwt_obtain/), counted(/^GET ctx\/catalogue/)], [1, 10]);
      await context.clearCookies();
      for (let read = 0; read < 5; read++) proxy.fail(/^GET ctx\/catalogue/, 401, "UNAUTHORIZED");
      proxy.forget();
      await tab.page.evaluate(reads);
      // An answer says that nobody is asking now: all is forgotten, and read as nobody.
      assert.ok(counted(/^POST mwt_obtain/) <= 2, proxy.asked.join("\n"));
      assert.equal(counted(/^GET ctx\/catalogue/), 10, proxy.asked.join("\n"));
    }));
}
