/** The README's pictures, taken from the running shop: `node build/test/pictures.js FOLDER`. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";

import { startShops, type Shop } from "./shops.js";
import { startBrowser, visit } from "./visit.js";

/** How the page is looked at. */
const VIEWS = [
  { name: "light", colorScheme: "light", width: 1100, height: 760 },
  { name: "dark", colorScheme: "dark", width: 1100, height: 760 },
  { name: "narrow", colorScheme: "light", width: 390, height: 760 },
] as const;

/** Takes all of them; gives their paths. */
export async function takePictures(browser: Browser, shop: Shop, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const taken: string[] = [];
  await visit(browser, shop, async (tab) => {
    await tab.logIn("ada");
    for (const product of ["Assam tea", "Ethiopian coffee"]) {
      await tab.add(product);
      await tab.order();
      await tab.page.getByText("There is nothing in it yet.").waitFor();
    }
    await tab.add("Darjeeling tea", 2);
    for (const { name, colorScheme, width, height } of VIEWS) {
      await tab.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await tab.page.setViewportSize({ width, height });
      const path = join(folder, `${name}.png`);
      await tab.page.screenshot({ path, animations: "disabled" });
      taken.push(path);
    }
  });
  return taken;
}

if (process.argv[1] === import.meta.filename) {
  const [shops, browser] = await Promise.all([startShops(), startBrowser()]);
  try {
    const [shop] = shops.all;
    if (shop !== undefined) console.log((await takePictures(browser, shop, process.argv[2] ?? ".")).join("\n"));
  } finally {
    await browser.close();
    await shops.stop();
  }
}
