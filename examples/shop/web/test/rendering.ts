/** What pages promise that a server renders for who asks, and that live on in the browser. */

import assert from "node:assert/strict";
import { it } from "node:test";
import type { Browser, BrowserContext } from "playwright-core";

import type { Application, Framework } from "./applications.js";
import { logIn } from "./customers.js";
import { ask } from "./shops.js";
import { visit, type Tab, type Visit } from "./visit.js";

interface Surroundings {
  readonly browser: Browser;
  readonly application: Application;
}

export function rendering({ bringsRoutes }: Framework, surroundings: () => Surroundings): void {
  it("answers with what is shown", async () => {
    const { application } = surroundings();
    const html = await htmlOf(application, "/shelves/tea");
    // Without the scripts, which have it as a state, too.
    const markup = html.replaceAll(/<script.*?<\/script>/gs, "");
    assert.match(markup, /Assam tea.*\d+.* in stock/s);
    assert.match(markup, /Log in/);
    assert.doesNotMatch(markup, /Ethiopian coffee/);
  });

  it("asks for nothing that came with the page", () =>
    opened(surroundings(), "ada", "/account", async (tab, { proxy }) => {
      await tab.orders.waitFor({ state: "attached" });
      await tab.rest();
      assert.equal(await tab.greeting.textContent(), await tab.page.getByRole("heading").first().textContent());
      assert.deepEqual(proxy.asked, []);
    }));

  it("renders for two at once what each of them may see", { timeout: 120_000 }, async () => {
    const { application } = surroundings();
    const [ada, grace] = await Promise.all([logIn(application.shop, "ada"), logIn(application.shop, "grace")]);
    // Whatever is asked for her first, she waits for it while all of the other's page is rendered.
    const first = application.rendering.hold(/^GET ctx/);
    const adas = htmlOf(application, "/account", ada);
    await first.arrived;
    const graces = await htmlOf(application, "/account", grace);
    first.release();
    assert.deepEqual(namesIn(graces), ["Grace"]);
    assert.deepEqual(namesIn(await adas), ["Ada"]);
    assert.deepEqual(namesIn(await htmlOf(application, "/account")), []);
  });

  it("shows at once what is ordered, and what the answer has made stale wherever it is shown next", () =>
    opened(surroundings(), "ada", "/account", async (tab, { proxy }) => {
      const { page } = tab;
      await tab.rest();
      const orders = await tab.listed();
      await page.getByRole("link", { name: "Everything" }).click();
      await tab.card("Assam tea").waitFor();
      await tab.rest();
      assert.deepEqual(proxy.asked, bringsRoutes ? [] : ["GET ctx/catalogue/"]);
      const before = Number.parseInt(await tab.stock("Assam tea"), 10);
      proxy.forget();
      const held = proxy.hold(/^POST place_order/);
      await page.getByRole("button", { name: "Buy Assam tea" }).click();
      await tab
        .card("Assam tea")
        .getByText(`${before - 1} in stock`)
        .waitFor();
      await held.arrived;
      held.release();
      await tab.rest();
      assert.equal(Number.parseInt(await tab.stock("Assam tea"), 10), before - 1);
      // The shelves, which are shown, came with the answer.
      assert.deepEqual(proxy.asked, ["GET session/", "POST place_order"]);
      proxy.forget();
      await tab.reading("user", () => page.getByRole("link", { name: "Account" }).click());
      await page.getByRole("heading", { name: `${orders + 1} orders` }).waitFor();
      assert.equal(await tab.listed(), orders + 1);
      assert.deepEqual(proxy.asked, [`GET ctx/user/?user_id=${await tab.customer()}`]);
    }));

  it("forgets who was logged in, and shows who is", () =>
    opened(surroundings(), null, "/account", async (tab) => {
      await tab.rest();
      await tab.logIn("grace");
      assert.equal(await tab.greeting.textContent(), "Grace");
      await tab.page.getByRole("button", { name: "Log out" }).click();
      await tab.page.getByText("Log in to see your orders.").waitFor();
      await tab.logIn("ada");
      assert.equal(await tab.greeting.textContent(), "Ada");
    }));
}

/** Run *story* in the browser of *username*, or of nobody; nothing may be complained of. */
async function opened(
  { browser, application }: Surroundings,
  username: string | null,
  path: string,
  story: (tab: Tab, visit: Visit) => Promise<void>,
): Promise<void> {
  const { shop } = application;
  const complaints: string[] = [];
  const prepare = async (context: BrowserContext): Promise<void> => {
    context.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    if (username === null) return;
    const cookies = (await logIn(shop, username)).split("; ").map((text) => text.split("="));
    await context.addCookies(cookies.map(([name = "", value = ""]) => ({ name, value, url: "http://127.0.0.1" })));
  };
  const hydrated = async (tab: Tab, visit: Visit): Promise<void> => {
    await tab.page.waitForFunction("window.mizan !== undefined");
    await story(tab, visit);
  };
  await visit(browser, shop, hydrated, { path, prepare });
  assert.deepEqual(complaints, []);
}

/** The page as the server answers, for who has *cookie*. */
async function htmlOf({ shop }: Application, path: string, cookie = ""): Promise<string> {
  const response = await ask(shop.url + path, { headers: { cookie } });
  assert.equal(response.status, 200);
  return response.text();
}

function namesIn(html: string): readonly string[] {
  return [...new Set(html.match(/\b(?:Ada|Grace)\b/g))];
}
