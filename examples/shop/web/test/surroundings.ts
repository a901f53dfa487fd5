/** Other tabs, the network, and who is asking. */

import assert from "node:assert/strict";
import { it } from "node:test";

import type { Visiting } from "./browser.test.js";

export function surroundings(visiting: Visiting): void {
  it("shows in every tab what one has changed", () =>
    visiting(async (tab, { open }) => {
      await tab.logIn("ada");
      const other = await open();
      await other.orders.waitFor({ state: "attached" });
      await other.rest();
      const orders = await other.counted();
      await tab.add("Assam tea");
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await other.page.locator(`[data-orders="${orders + 1}"]`).waitFor();
      await other.rest();
      assert.equal(await other.listed(), orders + 1);
      assert.equal(await other.stock("Assam tea"), await tab.stock("Assam tea"));
    }));

  it("logs out in every tab", () =>
    visiting(async (tab, { open }) => {
      await tab.logIn("ada");
      const other = await open();
      await other.orders.waitFor({ state: "attached" });
      await tab.page.getByRole("button", { name: "Log out" }).click();
      await other.page.getByRole("button", { name: "Log in", exact: true }).waitFor();
      assert.equal(await other.orders.count(), 0);
      assert.equal(await other.greeting.count(), 0);
    }));

  it("says that it is offline, refuses to order, and reads again when the network is back", () =>
    visiting(async (tab, { context, proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      await tab.add("Assam tea");
      await context.setOffline(true);
      await tab.page.getByText("You are offline.").waitFor();
      proxy.forget();
      await tab.order();
      await tab.page.getByText("There is no network.").waitFor();
      assert.deepEqual(proxy.asked, []);
      assert.deepEqual([await tab.counted(), await tab.listed()], [orders, orders]);
      await tab.page.getByRole("radio", { name: "Coffee" }).check();
      await context.setOffline(false);
      await tab.card("Ethiopian coffee").waitFor();
      await tab.page.getByText("You are offline.").waitFor({ state: "detached" });
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      assert.equal(await tab.counted(), orders + 1);
    }));

  it("shows nothing of one customer to another", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const read = proxy.hold(/^GET ctx\/user/);
      const call = proxy.hold(/^POST rename/);
      await tab.page.evaluate("mizan.invalidate(['user'])");
      await read.arrived;
      await tab.rename("Ada in flight");
      await call.arrived;
      await tab.page.getByRole("button", { name: "Log out" }).click();
      await tab.page.getByRole("button", { name: "Log in", exact: true }).waitFor();
      read.release();
      call.release();
      await tab.rest();
      assert.equal(await tab.page.getByText("Ada").count(), 0);
      await tab.logIn("bea");
      assert.equal(await tab.page.getByText("Ada").count(), 0);
    }));

  it("goes on when another version of the server answers, and says that there is one, once", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      assert.equal(await tab.page.getByText("There is a newer version").count(), 0);
      proxy.interface = "0123456789abcdef";
      await tab.rename("Ada of another version");
      await tab.page.getByText("There is a newer version of this page.").waitFor();
      await tab.rest();
      assert.equal(await tab.greeting.textContent(), "Ada of another version");
      await tab.page.getByRole("radio", { name: "Coffee" }).check();
      await tab.card("Ethiopian coffee").waitFor();
      assert.equal(await tab.page.getByText("There is a newer version").count(), 1);
      proxy.interface = null;
      const loaded = tab.page.waitForEvent("load");
      await tab.page.getByRole("button", { name: "Load it" }).click();
      await loaded;
      await tab.page.getByRole("heading", { name: "Ada of another version" }).waitFor();
      assert.equal(await tab.page.getByText("There is a newer version").count(), 0);
    }));

  // A headless Chromium keeps no page for the back button: the page is told what it would be told then.
  it("reads again what it shows when the back button brings it back", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      const orders = await tab.counted();
      await visiting(async (elsewhere) => {
        await elsewhere.logIn("ada");
        await elsewhere.add("Assam tea");
        await elsewhere.order();
        await elsewhere.page.getByText("There is nothing in it yet.").waitFor();
      });
      assert.equal(await tab.counted(), orders);
      proxy.forget();
      await tab.page.evaluate(`dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))`);
      await tab.page.locator(`[data-orders="${orders + 1}"]`).waitFor();
      await tab.rest();
      assert.equal(await tab.listed(), orders + 1);
      assert.equal(proxy.asked.length, 1, proxy.asked.join("\n"));
    }));

  it("reads again what it shows when it was long out of sight", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("ada");
      proxy.forget();
      await tab.page.evaluate(`
        window.look = (state) => {
          Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        };
        const then = Date.now();
        window.pass = (milliseconds) => { Date.now = () => then + milliseconds; };
        pass(0);
        look("hidden");
        pass(59_000);
        look("visible");
      `);
      await tab.rest();
      assert.deepEqual(proxy.asked, []);
      await tab.page.evaluate(`look("hidden"); pass(59_000 + 61_000); look("visible");`);
      await tab.rest();
      assert.equal(proxy.asked.length, 1, proxy.asked.join("\n"));
      assert.match(proxy.asked[0] ?? "", /^GET ctx\/\?.*user=/);
    }));

  it("shows a customer's order as shipped, and the shelf as filled, for staff who do it", () =>
    visiting(async (tab, { proxy }) => {
      await tab.logIn("grace");
      await tab.add("Darjeeling tea");
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      await tab.rest();
      const stock = Number.parseInt(await tab.stock("Darjeeling tea"));
      proxy.forget();
      await tab.orders.getByRole("button", { name: "Ship" }).first().click();
      await tab.orders.getByRole("listitem").first().getByText("shipped").waitFor();
      await tab.page.getByRole("button", { name: "Restock Darjeeling tea" }).click();
      await tab
        .card("Darjeeling tea")
        .getByText(`${stock + 10} in stock`)
        .waitFor();
      await tab.rest();
      assert.deepEqual(proxy.asked, ["POST ship_order", "POST restock"]);
    }));
}
