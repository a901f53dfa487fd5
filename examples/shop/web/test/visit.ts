/** A visit to a shop's page, as somebody makes it with a browser of their own. */

import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { Proxy } from "./proxy.js";
import type { Shop } from "./shops.js";

const PROGRAM = "chromium-headless-shell";
const FETCHED = join(import.meta.dirname, "../../../../../.tools/bin");
/** How long something may take to be seen, in milliseconds: far longer than it does. */
const PATIENCE = 30_000;
/** How long a story may take, unless it says otherwise. */
const LONGEST = 120_000;

/** Where the browser is; null where it is neither on PATH nor fetched. */
export function findBrowser(): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), FETCHED];
  return folders.map((folder) => join(folder, PROGRAM)).find((path) => existsSync(path)) ?? null;
}

export function startBrowser(): Promise<Browser> {
  const program = findBrowser();
  if (program === null) throw new Error(`${PROGRAM} is missing: make .tools/bin/${PROGRAM} fetches it`);
  return chromium.launch({
    executablePath: program,
    timeout: LONGEST,
    // Root has no sandbox.
    args: ["--no-sandbox"],
  });
}

/** What a page shows, and what its visitor does. */
export class Tab {
  constructor(
    readonly page: Page,
    readonly shop: Shop,
  ) {}

  /** Resolves when the page's client waits for nothing. */
  async rest(): Promise<void> {
    await this.page.evaluate(() => (window as unknown as { mizan: { idle(): Promise<void> } }).mizan.idle());
  }

  /** Make contexts stale, and wait for the answer with what is shown of them: it may have to wait for calls. */
  async readAgain(context: string): Promise<void> {
    const answered = this.page.waitForResponse(new RegExp(`ctx/${context}/`));
    await this.invalidate([context]);
    await (await answered).finished();
    await this.page.evaluate("new Promise((resolve) => setTimeout(resolve))");
  }

  /** Do *deed*, and wait for the answer to the read that it brings about: what is shown may be there before that begins. */
  async reading(context: string, deed: () => Promise<void>): Promise<void> {
    const answered = this.page.waitForResponse(new RegExp(`ctx/${context}/`));
    await deed();
    await (await answered).finished();
    await this.rest();
  }

  /** Make contexts stale, as if somebody else had changed them. */
  async invalidate(contexts: readonly string[]): Promise<void> {
    await this.page.evaluate(`mizan.invalidate(${JSON.stringify(contexts)})`);
  }

  /** The id of who is logged in. */
  customer(): Promise<string> {
    return this.page.evaluate(`mizan.entries().find(({ context }) => context === "user").params.user_id`);
  }

  async logIn(username: string): Promise<void> {
    const { page } = this;
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill(username);
    await page.getByLabel("Password").fill(this.shop.password);
    await page.getByRole("button", { name: "Enter" }).click();
    await this.orders.waitFor({ state: "attached" });
    await this.rest();
  }

  get orders() {
    return this.page.getByRole("list", { name: "Orders" });
  }

  /** How many orders the profile counts. */
  async counted(): Promise<number> {
    return Number(await this.page.locator("[data-orders]").getAttribute("data-orders"));
  }

  async listed(): Promise<number> {
    return this.orders.getByRole("listitem").count();
  }

  card(product: string) {
    return this.page.getByRole("list", { name: "Products" }).getByRole("listitem").filter({ hasText: product });
  }

  async stock(product: string): Promise<string> {
    return (await this.card(product).locator(".stock").textContent()) ?? "";
  }

  async add(product: string, quantity = 1): Promise<void> {
    await this.page.getByRole("button", { name: `Add ${product} to the basket` }).click();
    if (quantity > 1) await this.page.getByLabel(`Quantity of ${product}`).fill(String(quantity));
  }

  async order(): Promise<void> {
    await this.page.getByRole("button", { name: "Order", exact: true }).click();
  }

  async rename(name: string): Promise<void> {
    await this.page.getByLabel("Another name").fill(name);
    await this.page.getByRole("button", { name: "Rename" }).click();
  }

  get greeting() {
    return this.page.locator(".visitor b");
  }
}

export interface Visit {
  readonly proxy: Proxy;
  readonly context: BrowserContext;
  /** Another tab of the same browser. */
  open(): Promise<Tab>;
}

/** Run *story* with a new browser that knows nothing, and a way of its own to the shop's page at *path*. */
export async function visit(
  browser: Browser,
  shop: Shop,
  story: (tab: Tab, visit: Visit) => Promise<void>,
  { path = "/", longest = LONGEST, prepare = async (_: BrowserContext): Promise<void> => undefined } = {},
): Promise<void> {
  const proxy = await Proxy.to(shop.url);
  const context = await browser.newContext({ baseURL: proxy.url });
  context.setDefaultTimeout(PATIENCE);
  const errors: unknown[] = [];
  context.on("weberror", (error) => errors.push(error.error()));
  await prepare(context);
  const open = async (): Promise<Tab> => {
    const tab = new Tab(await context.newPage(), shop);
    await tab.page.goto(path);
    return tab;
  };
  try {
    await Promise.race([open().then((tab) => story(tab, { proxy, context, open })), tooLong(proxy, longest)]);
    if (errors.length > 0) throw errors[0];
  } finally {
    await context.close();
    await proxy.close();
  }
}

async function tooLong(proxy: Proxy, longest: number): Promise<never> {
  await setTimeout(longest, null, { ref: false });
  throw new Error(
    `It takes too long; unanswered: ${[...proxy.open].join(", ") || "nothing"}; asked: ${proxy.asked.join(", ")}`,
  );
}
