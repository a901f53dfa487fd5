/** What others do, on pages that have a socket. */

import assert from "node:assert/strict";
import { it } from "node:test";

import type { Visiting } from "./browser.test.js";
import type { Tab } from "./visit.js";

const PRODUCT = "Assam tea";

export function live(visiting: Visiting): void {
  it("shows what somebody else has bought, with no request of its own", () =>
    visiting(async (tab, { proxy }) => {
      await connected(tab);
      const stock = Number.parseInt(await tab.stock(PRODUCT));
      proxy.forget();
      await visiting(bought);
      await seen(tab, stock - 1);
      await tab.rest();
      assert.deepEqual(proxy.asked, []);
    }));

  it("shows what it has missed, once it is connected again", () =>
    visiting(async (tab, { proxy }) => {
      await connected(tab);
      const stock = Number.parseInt(await tab.stock(PRODUCT));
      await tab.page.context().setOffline(true);
      proxy.cut();
      await tab.page.waitForFunction("mizan.live.id === null");
      await visiting(bought);
      assert.equal(Number.parseInt(await tab.stock(PRODUCT)), stock);
      await tab.page.context().setOffline(false);
      await seen(tab, stock - 1);
    }));

  it("is told nothing of what its own answers have told it", () =>
    visiting(async (tab) => {
      await connected(tab);
      await tab.logIn("ada");
      await connected(tab);
      await tab.page.evaluate(
        "window.told = []; mizan.on((event) => event.frame?.action === 'stale' && told.push(event))",
      );
      await tab.add(PRODUCT);
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
      // Whatever is said comes before the answer to what is asked now.
      await tab.invalidate(["catalogue"]);
      await tab.rest();
      assert.equal(await tab.page.evaluate("told.length"), 0);
    }));
}

/** Resolves when all that the page shows is watched. */
async function connected(tab: Tab): Promise<void> {
  await tab.page.waitForFunction("mizan.live.id !== null");
  await tab.card(PRODUCT).waitFor();
  await tab.rest();
}

async function bought(tab: Tab): Promise<void> {
  await tab.logIn("bea");
  await tab.add(PRODUCT);
  await tab.order();
  await tab.page.getByText("There is nothing in it yet.").waitFor();
}

async function seen(tab: Tab, stock: number): Promise<void> {
  await tab.card(PRODUCT).getByText(`${stock} in stock`).waitFor();
}
