/** The examples of frameworks in Chromium, with either server behind their pages once. */

import { after, before, describe } from "node:test";
import type { Browser } from "playwright-core";

import { FRAMEWORKS, startApplication, type Application } from "./applications.js";
import { rendering } from "./rendering.js";
import { startShops, type Shops } from "./shops.js";
import { findBrowser, startBrowser } from "./visit.js";

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

for (const framework of FRAMEWORKS) {
  const { name, server } = framework;
  describe(`${name} on ${server}`, { skip }, () => {
    let application: Application;
    before(async () => {
      const shop = shops.all.find((one) => one.name === server);
      if (shop === undefined) throw new Error(`There is no shop in ${server}.`);
      application = await startApplication(framework, shop);
    });
    after(() => application?.stop());
    rendering(framework, () => ({ browser, application }));
  });
}
