/** What mutations do to what is shown. */

import assert from "node:assert/strict";
import { it } from "node:test";

import type { Visiting } from "./browser.test.js";

export function freshness(visiting: Visiting): void {
  it("orders with one request: the answer brings all that has changed", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      // The CSRF token is fetched before the first call, once.
      await tab.add("Assam tea");
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await tab.rest();
      const [orders, stock] = [await tab.counted(), await tab.stock("Ethiopian coffee")];
      await tab.add("Ethiopian coffee");
      proxy.forget();
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await tab.rest();
      assert.deepEqual(proxy.asked, ["POST place_order"]);
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 1, orders + 1]);
      assert.equal(await tab.stock("Ethiopian coffee"), `${Number.parseInt(stock) - 1} in stock`);
    }));

  it("shows a new name at once, in both places, before the server has answered", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("bea");
      const held = proxy.hold(/^POST rename/);
      await tab.rename("  Beatrix ");
      await held.arrived;
      assert.equal(await tab.greeting.textContent(), "Beatrix");
      await tab.page.getByRole("heading", { name: "Beatrix" }).waitFor();
      held.release();
      await tab.rest();
      assert.equal(await tab.greeting.textContent(), "Beatrix");
      await tab.page.reload();
      await tab.page.getByRole("heading", { name: "Beatrix" }).waitFor();
    }));

  it("takes back what the server refuses", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const [orders, stock] = [await tab.counted(), await tab.stock("Glass teapot")];
      const held = proxy.hold(/^POST place_order/);
      await tab.add("Glass teapot", 99);
      await tab.order();
      await held.arrived;
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 1, orders + 1]);
      assert.equal(await tab.stock("Glass teapot"), "Sold out");
      held.release();
      await tab.page.getByText("There is not enough Glass teapot left.").waitFor();
      await tab.rest();
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders, orders]);
      assert.equal(await tab.stock("Glass teapot"), stock);
    }));

  it("keeps a merged order when an older read answers late", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.listed();
      const late = proxy.hold(/^GET ctx\/user/);
      await tab.page.evaluate("mizan.invalidate(['user'])");
      await late.arrived;
      await tab.add("Darjeeling tea");
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await tab.page.evaluate(`
        window.fewest = Infinity;
        const count = () => { window.fewest = Math.min(window.fewest, document.querySelectorAll("[data-id]").length); };
        new MutationObserver(count).observe(document.body, { childList: true, subtree: true, characterData: true });
        count();
      `);
      late.release();
      await tab.rest();
      assert.equal(await tab.listed(), orders + 1);
      assert.equal(await tab.page.evaluate("window.fewest"), orders + 1);
    }));

  it("reads once more when something has changed during the first load", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      const late = proxy.hold(/^GET ctx\/user/);
      await tab.page.reload();
      await late.arrived;
      await tab.add("Assam tea");
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      proxy.forget();
      late.release();
      await tab.rest();
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 1, orders + 1]);
    }));

  it("reads what it shows when the answer to a call is lost", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      proxy.lose(/^POST place_order/);
      await tab.add("Assam tea");
      await tab.order();
      await tab.page.getByText("not Mizan's, or cut off").waitFor();
      await tab.rest();
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders + 1, orders + 1]);
    }));
}
