/**
 * Two browsers and four customers without a page, who change at random what the browsers show, over a network that loses
 * answers and cuts connections. Then it is quiet: what each page shows is what the database holds.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";

import { Customer } from "./customers.js";
import type { Shop } from "./shops.js";
import { PYTHON } from "./shops.js";
import { visit, type Tab, type Visit } from "./visit.js";

const TRUTH = join(import.meta.dirname, "../../test/truth.py");
const PRODUCTS = ["Assam tea", "Darjeeling tea", "Ethiopian coffee"];
/** Milliseconds in which the last news must have arrived. */
const QUIET = 15_000;
/** Milliseconds that it may go on for longer, until the pages have done something, too: they have to be loaded first. */
const PATIENCE = 60_000;

interface Truth {
  readonly stock: Readonly<Record<string, number>>;
  readonly customers: Readonly<
    Record<string, { readonly name: string; readonly orders: readonly (readonly string[])[] }>
  >;
}

/** What was done, for those who want to know that it was enough. */
export interface Deeds {
  readonly byPages: number;
  readonly byOthers: number;
  readonly disturbances: number;
}

export async function capstone(browser: Browser, shop: Shop, seconds: number): Promise<Deeds> {
  const end = Date.now() + seconds * 1000;
  const deeds = { byPages: 0, byOthers: 0, disturbances: 0 };
  let hasFailed = false;
  const goesOn = (): boolean => !hasFailed && Date.now() < (deeds.byPages > 0 ? end : end + PATIENCE);
  const [ada, bea, grace] = await Promise.all(["ada", "bea", "grace"].map((name) => Customer.of(shop, name)));
  assert.ok(ada !== undefined && bea !== undefined && grace !== undefined);
  const products = await ada.products();
  const placed: { readonly user_id: string; readonly order_id: string }[] = [];

  const shopping = async (customer: Customer, name: string): Promise<void> => {
    const user_id = customer.id;
    for (; goesOn(); deeds.byOthers++) {
      if (chance(0.4)) await customer.call("rename", { user_id, name: `${name} ${some(1000)}` });
      else {
        const lines = [{ product_id: pick(products).id, quantity: 1 }];
        const order = await customer.call("place_order", { user_id, lines, note: null });
        if (order !== null) placed.push({ user_id, order_id: (order as { id: string }).id });
      }
      await sleep(some(120));
    }
  };
  const serving = async (): Promise<void> => {
    for (; goesOn(); deeds.byOthers++) {
      const [order] = chance(0.5) ? placed.splice(some(placed.length), 1) : [];
      if (order !== undefined) await grace.call("ship_order", order);
      else await grace.call("restock", { product_id: pick(products).id, quantity: 2 });
      await sleep(some(80));
    }
  };
  const browsing = async (tab: Tab, name: string): Promise<void> => {
    for (; goesOn(); deeds.byPages++) {
      if (chance(0.3)) await tab.rename(`${name} of the page ${some(1000)}`);
      else if (chance(0.2)) await tab.page.getByRole("radio", { name: pick(["Tea", "Coffee"]), exact: true }).check();
      else {
        await tab.page.getByRole("radio", { name: "Everything" }).check();
        await tab.add(pick(PRODUCTS));
        const order = tab.page.getByRole("button", { name: "Order", exact: true });
        if (await order.isEnabled()) await order.click();
      }
      await sleep(some(150));
    }
    await tab.page.getByRole("radio", { name: "Everything" }).check();
  };
  const disturbing = async ({ proxy }: Visit): Promise<void> => {
    for (; goesOn(); deeds.disturbances++) {
      await sleep(500 + some(1000));
      if (chance(0.5)) proxy.lose(/^POST/);
      else proxy.cut();
    }
    proxy.calm();
  };
  const watching = (username: string, name: string, path: string): Promise<void> =>
    visit(
      browser,
      shop,
      async (tab, visiting) => {
        await tab.logIn(username);
        await Promise.all([browsing(tab, name), disturbing(visiting)]);
        await quiet;
        await shows(tab, username, shop);
      },
      { path, longest: seconds * 1000 + 2 * QUIET + 2 * PATIENCE },
    );
  const others = Promise.all([shopping(ada, "Ada"), shopping(bea, "Bea"), shopping(bea, "Beatrix"), serving()]);
  // Nobody changes anything any more.
  const quiet = others.then(() => undefined);
  const all = [watching("ada", "Ada", "/?live"), watching("bea", "Bea", "/vue/?live"), others];
  try {
    await Promise.all(all);
  } catch (error) {
    // The others are to end before the shop does: their failures would hide the first.
    hasFailed = true;
    await Promise.allSettled(all);
    throw error;
  }
  return deeds;
}

/** Resolves when the page shows what the database holds. */
async function shows(tab: Tab, username: string, shop: Shop): Promise<void> {
  const end = Date.now() + QUIET;
  for (;;) {
    await tab.rest();
    const [shown, held] = await Promise.all([shownBy(tab), heldBy(shop, username)]);
    try {
      assert.deepEqual(shown, held, `${username}'s page shows something else than the database holds`);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(200);
  }
}

interface Shown {
  readonly greeting: string | null;
  readonly heading: string | null;
  readonly counted: number;
  /** Each with its status. Of what came at once nobody knows the order: it is the client's. */
  readonly orders: readonly string[];
  readonly stock: Readonly<Record<string, number>>;
}

function shownBy(tab: Tab): Promise<Shown> {
  return tab.page.evaluate(`(() => {
    const text = (of, selector) => of.querySelector(selector)?.textContent ?? null;
    const each = (selector, show) => [...document.querySelectorAll(selector)].map(show);
    return {
      greeting: text(document, ".visitor b"),
      heading: text(document, "#account"),
      counted: Number(document.querySelector("[data-orders]").dataset.orders),
      orders: each("[data-id]", (li) => \`\${li.dataset.id.replaceAll("-", "")} \${text(li, ".badge")}\`).sort(),
      stock: Object.fromEntries(
        each(".products li", (li) => [text(li, "h2"), Number.parseInt(text(li, ".stock").replace("Sold out", "0"))]),
      ),
    };
  })()`);
}

async function heldBy({ database }: Shop, username: string): Promise<Shown> {
  const { stdout } = await promisify(execFile)(PYTHON, [TRUTH, database]);
  const { stock, customers } = JSON.parse(stdout) as Truth;
  const customer = customers[username];
  if (customer === undefined) throw new Error(`There is no ${username}.`);
  const { name, orders } = customer;
  const spelled = orders.map((order) => order.join(" ")).sort();
  return { greeting: name, heading: name, counted: orders.length, orders: spelled, stock };
}

function some(limit: number): number {
  return Math.floor(Math.random() * limit);
}

function chance(probability: number): boolean {
  return Math.random() < probability;
}

function pick<T>(list: readonly T[]): T {
  return list[some(list.length)] as T;
}
