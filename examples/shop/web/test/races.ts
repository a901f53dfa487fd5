/** Answers that overtake one another: the table of docs/clients.md, as far as freshness.ts does not play it. */

import assert from "node:assert/strict";
import { it } from "node:test";

import type { Visiting } from "./browser.test.js";
import type { Tab } from "./visit.js";

export function races(visiting: Visiting): void {
  it("begins a read again that something has overtaken", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const old = proxy.hold(/^GET ctx\/user/);
      await tab.invalidate(["user"]);
      await old.arrived;
      await visiting(async (elsewhere) => {
        await elsewhere.logIn("ada");
        await elsewhere.rename("Ada from elsewhere");
        await elsewhere.rest();
      });
      proxy.forget();
      await tab.invalidate(["user"]);
      await tab.page.getByRole("heading", { name: "Ada from elsewhere" }).waitFor();
      await tab.rest();
      old.release();
      await tab.rest();
      assert.equal(proxy.asked.length, 1, proxy.asked.join("\n"));
      await tab.page.getByRole("heading", { name: "Ada from elsewhere" }).waitFor();
    }));

  it("never shows the older of two answers that overtake one another, and reads once", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const names = await watched(tab);
      const first = proxy.hold(/^POST rename/);
      await tab.rename("First");
      await first.arrived;
      proxy.forget();
      await tab.rename("Second");
      await tab.page.getByRole("heading", { name: "Second" }).waitFor();
      first.release();
      await tab.rest();
      assert.equal(proxy.asked.filter((name) => /^GET ctx.*user/.test(name)).length, 1, proxy.asked.join("\n"));
      const shown = await names();
      assert.deepEqual(shown.slice(shown.indexOf("Second")), ["Second"], shown.join(", "));
      assert.equal(await tab.greeting.textContent(), "Second");
    }));

  it("does not believe a merge that an invalidation overlaps, and reads", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      const call = proxy.hold(/^POST place_order/);
      await tab.add("Assam tea");
      await tab.order();
      await call.arrived;
      await visiting(async (elsewhere) => {
        await elsewhere.logIn("ada");
        await elsewhere.add("Darjeeling tea");
        await elsewhere.order();
        await elsewhere.page.getByText("There is nothing in it yet.").waitFor();
      });
      await tab.invalidate(["user"]);
      call.release();
      await tab.rest();
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 2, orders + 2]);
    }));

  it("keeps what is expected over what is read meanwhile, and shows nothing twice", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      const call = proxy.hold(/^POST place_order/);
      await tab.add("Assam tea");
      await tab.order();
      await call.arrived;
      // The order is in what is read already.
      await tab.readAgain("user");
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 1, orders + 1]);
      call.release();
      await tab.rest();
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 1, orders + 1]);
    }));

  it("shows two orders of which nobody knows yet whether they are placed, and then exactly them", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.listed();
      proxy.lose(/^POST place_order/);
      const read = proxy.hold(/^GET ctx.*user/);
      await tab.add("Assam tea");
      await tab.order();
      await read.arrived;
      const second = proxy.hold(/^POST place_order/);
      await tab.order();
      await second.arrived;
      assert.equal(await tab.listed(), orders + 2);
      read.release();
      second.release();
      await tab.rest();
      assert.equal(await tab.listed(), orders + 2);
      assert.equal(await tab.page.locator('[data-id^="draft"]').count(), 0);
    }));

  it("shows what was read meanwhile when the call is refused, without asking again", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      const call = proxy.hold(/^POST place_order/, { status: 403, code: "FORBIDDEN" });
      await tab.add("Assam tea");
      await tab.order();
      await call.arrived;
      await visiting(async (elsewhere) => {
        await elsewhere.logIn("ada");
        await elsewhere.rename("Ada meanwhile");
        await elsewhere.rest();
      });
      await tab.readAgain("user");
      assert.equal(await tab.listed(), orders + 1);
      proxy.forget();
      call.release();
      await tab.page.getByRole("heading", { name: "Ada meanwhile" }).waitFor();
      await tab.rest();
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders, orders]);
      assert.deepEqual(proxy.asked, []);
    }));

  it("keeps the second expectation when the first is refused", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("bea");
      const orders = await tab.counted();
      const refused = proxy.hold(/^POST place_order/);
      await tab.add("Glass teapot", 99);
      await tab.order();
      await refused.arrived;
      const call = proxy.hold(/^POST rename/);
      await tab.rename("Bea the second");
      await call.arrived;
      assert.equal(await tab.counted(), orders + 1);
      refused.release();
      await tab.page.getByText("There is not enough Glass teapot left.").waitFor();
      assert.equal(await tab.counted(), orders);
      await tab.page.getByRole("heading", { name: "Bea the second" }).waitFor();
      call.release();
      await tab.rest();
      await tab.page.getByRole("heading", { name: "Bea the second" }).waitFor();
    }));

  it("reads what nobody looks at when somebody does, once", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      await tab.page.getByRole("radio", { name: "Coffee" }).check();
      await tab.card("Assam tea").waitFor({ state: "detached" });
      const stock = Number.parseInt(await tab.stock("Ethiopian coffee"));
      await tab.page.getByRole("radio", { name: "Everything" }).check();
      await tab.card("Assam tea").waitFor();
      proxy.forget();
      await tab.add("Ethiopian coffee");
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await tab.rest();
      assert.deepEqual(
        proxy.asked.filter((name) => name.startsWith("GET ctx/")),
        [],
      );
      await tab.reading("catalogue", () => tab.page.getByRole("radio", { name: "Coffee" }).check());
      await tab.card("Assam tea").waitFor({ state: "detached" });
      assert.equal(Number.parseInt(await tab.stock("Ethiopian coffee")), stock - 1);
      assert.equal(proxy.asked.filter((name) => name.startsWith("GET ctx/")).length, 1, proxy.asked.join("\n"));
    }));
}

/** From now on every name that the page greets its visitor by, in order. */
async function watched(tab: Tab): Promise<() => Promise<string[]>> {
  await tab.page.evaluate(`
    window.names = [];
    const note = () => {
      const name = document.querySelector(".visitor b")?.textContent;
      if (name !== undefined && name !== window.names.at(-1)) window.names.push(name);
    };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
  `);
  return () => tab.page.evaluate("window.names") as Promise<string[]>;
}
