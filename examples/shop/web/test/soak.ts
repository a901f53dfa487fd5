/** `node build/test/soak.js [SECONDS]`: the capstone with both servers, for longer. */

import { capstone } from "./capstone.js";
import { startShops } from "./shops.js";
import { startBrowser } from "./visit.js";

const [seconds = 60] = process.argv.slice(2).map(Number);
const [shops, browser] = await Promise.all([startShops("--asgi"), startBrowser()]);
try {
  for (const shop of shops.all) {
    const { byPages, byOthers, disturbances } = await capstone(browser, shop, seconds);
    console.log(
      `${shop.name}: ${byPages} deeds on two pages, ${byOthers} of others, ${disturbances} disturbances; then both pages show what the database holds`,
    );
  }
} finally {
  await browser.close();
  await shops.stop();
}
