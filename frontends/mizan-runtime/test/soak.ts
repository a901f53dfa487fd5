/** `node build/test/soak.js [SCHEDULES] [FIRST SEED]`: many schedules; the last line counts. */

import { play } from "./checking.js";

const [schedules = 30_000, first = 1] = process.argv.slice(2).map(Number);
let checked = 0;
for (let seed = first; seed < first + schedules; seed++) {
  checked += await play(seed, 12 + (seed % 20));
  const played = seed - first + 1;
  if (played % 5_000 === 0 && played < schedules) console.log(`${played} of ${schedules} schedules`);
}
console.log(`${schedules} schedules, ${checked} views checked, 0 violations`);
