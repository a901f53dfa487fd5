/** What a page reads, and when. */

import assert from "node:assert/strict";
import { it } from "node:test";

import type { Visiting } from "./browser.test.js";

export function loading(visiting: Visiting): void {
  it("reads all that is shown at first in one request", () =>
    visiting(async (tab, { proxy }) => {
      await tab.card("Assam tea").waitFor();
      await tab.rest();
      assert.equal(proxy.asked.length, 1, proxy.asked.join("\n"));
    }));

  it("reads each search once, and none again", () =>
    visiting(async (tab, { proxy }) => {
      await tab.card("Assam tea").waitFor();
      await tab.rest();
      proxy.forget();
      await tab.page.getByRole("radio", { name: "Coffee" }).check();
      await tab.card("Ethiopian coffee").waitFor();
      await tab.card("Assam tea").waitFor({ state: "detached" });
      await tab.page.getByRole("radio", { name: "Everything" }).check();
      await tab.card("Assam tea").waitFor();
      await tab.rest();
      assert.deepEqual(proxy.asked, ["GET ctx/catalogue/?category=coffee"]);
    }));

  it("shows what could not be read as an error, and tries again on demand", () =>
    visiting(async (tab, { proxy }) => {
      await tab.card("Assam tea").waitFor();
      await tab.rest();
      proxy.fail(/^GET ctx\/catalogue/, 500, "INTERNAL");
      await tab.page.getByRole("radio", { name: "Coffee" }).check();
      const main = tab.page.getByRole("main");
      await main.getByRole("alert").waitFor();
      assert.match((await main.getByRole("alert").textContent()) ?? "", /Something is broken/);
      await main.getByRole("button", { name: "Try again" }).click();
      await tab.card("Ethiopian coffee").waitFor();
      assert.equal(await main.getByRole("alert").count(), 0);
    }));
}
