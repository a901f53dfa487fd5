/** Every scenario in Chromium, with FastAPI and with Django behind the page. */

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";

import { capstone } from "./capstone.js";
import { files } from "./files.js";
import { freshness } from "./freshness.js";
import { live } from "./live.js";
import { loading } from "./loading.js";
import { takePictures } from "./pictures.js";
import { questions } from "./questions.js";
import { races } from "./races.js";
import { requests } from "./requests.js";
import { ROOT, startShops, type Shop, type Shops } from "./shops.js";
import { streaming } from "./streaming.js";
import { surroundings } from "./surroundings.js";
import { findBrowser, startBrowser, visit, type Tab, type Visit } from "./visit.js";

/** Runs a story with a new browser in the shop that is being tried. */
export type Visiting = (story: (tab: Tab, visit: Visit) => Promise<void>) => Promise<void>;

/** At home what cannot be fetched is no failure. */
const skip = findBrowser() === null && process.env["CI"] !== "true" ? "there is no chromium-headless-shell" : false;

/** Seconds; `make soak-web` takes longer. */
const SHORT_CAPSTONE = 6;

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

function shop(name: string, among = shops): Shop {
  const found = among.all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no shop in ${name}.`);
  return found;
}

/** What somebody does in a shop. */
function stories(name: string): void {
  const visiting: Visiting = (story) => visit(browser, shop(name), story);
  describe("loading", () => loading(visiting));
  describe("freshness", () => freshness(visiting));
  describe("races", () => races(visiting));
  describe("requests", () => requests(visiting));
  describe("streaming", () =>
    streaming(
      () => browser,
      () => shop(name),
    ));
  describe("surroundings", () => surroundings(visiting));
  describe("files", () => files(visiting));
  describe("questions", () => questions(visiting));
}

/** The same stories of the same page by other means. */
function storiesOf(framework: string, name: string): void {
  const visiting: Visiting = (story) => visit(browser, shop(name), story, { path: `/${framework.toLowerCase()}/` });
  describe(`the page in ${framework}`, () => {
    describe("loading", () => loading(visiting));
    describe("freshness", () => freshness(visiting));
  });
}

// One shop has one visitor at a time, whose story would not be the same with others about; the two shops have two.
describe("the shop", { skip, concurrency: 2 }, () => {
  describe("FastAPI", { concurrency: 1 }, () => {
    stories("FastAPI");
    storiesOf("Vue", "FastAPI");

    describe("capstone", () => {
      it("shows what the database holds, after all that two pages and four others have done at once", async () => {
        const { byPages, byOthers } = await capstone(browser, shop("FastAPI"), SHORT_CAPSTONE);
        assert.ok(byPages > 0 && byOthers > 0);
      });
    });

    describe("pictures", () => {
      it("are taken of what the README shows", async () => {
        const shown = [...readFileSync(join(ROOT, "README.md"), "utf8").matchAll(/docs\/pictures\/(\w+)\.png/g)];
        const names = new Set(shown.map(([, name]) => `${name}.png`));
        const folder = join(import.meta.dirname, "../pictures");
        const taken = await takePictures(browser, shop("FastAPI"), folder);
        assert.deepEqual(new Set(taken.map((path) => basename(path))), names);
        // One that shows next to nothing is small.
        for (const path of taken) assert.ok(statSync(path).size > 15_000, path);
      });
    });
  });

  describe("Django", { concurrency: 1 }, () => {
    stories("Django");
    storiesOf("Svelte", "Django");

    /** Django has sockets where it is served over ASGI. */
    describe("live", () => {
      let sockets: Shops;
      before(async () => {
        sockets = await startShops("--asgi");
      });
      after(() => sockets.stop());
      for (const name of ["FastAPI", "Django"]) {
        const visiting: Visiting = (story) => visit(browser, shop(name, sockets), story, { path: "/?live" });
        describe(`${name}'s sockets`, () => live(visiting));
      }
    });
  });
});
