/** Every scenario in Chromium, with FastAPI and with Django behind the page. */

import { after, before, describe } from "node:test";
import type { Browser } from "playwright-core";

import { freshness } from "./freshness.js";
import { loading } from "./loading.js";
import { races } from "./races.js";
import { requests } from "./requests.js";
import { startShops, type Shop, type Shops } from "./shops.js";
import { surroundings } from "./surroundings.js";
import { findBrowser, startBrowser, visit, type Tab, type Visit } from "./visit.js";

/** Runs a story with a new browser in the shop that is being tried. */
export type Visiting = (story: (tab: Tab, visit: Visit) => Promise<void>) => Promise<void>;

/** At home what cannot be fetched is no failure. */
const skip = findBrowser() === null && process.env["CI"] !== "true" ? "there is no chromium-headless-shell" : false;

let shops: Shops;
let browser: Browser;

before(async () => {
  if (skip) return;
  [shops, browser] = await Promise.all([startShops(), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await shops?.stop();
});

function shop(name: string): Shop {
  const found = shops.all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no shop in ${name}.`);
  return found;
}

for (const name of ["FastAPI", "Django"]) {
  const visiting: Visiting = (story) => visit(browser, shop(name), story);
  describe(name, { skip }, () => {
    describe("loading", () => loading(visiting));
    describe("freshness", () => freshness(visiting));
    describe("races", () => races(visiting));
    describe("requests", () => requests(visiting));
    describe("surroundings", () => surroundings(visiting));
  });
}

// The same stories of the same page by other means, with either server once.
for (const [framework, name] of [
  ["Vue", "FastAPI"],
  ["Svelte", "Django"],
] as const) {
  const visiting: Visiting = (story) => visit(browser, shop(name), story, `/${framework.toLowerCase()}/`);
  describe(`${framework} on ${name}`, { skip }, () => {
    describe("loading", () => loading(visiting));
    describe("freshness", () => freshness(visiting));
  });
}
