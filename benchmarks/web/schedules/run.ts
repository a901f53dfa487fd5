/** `node schedules.mjs RECIPE SCHEDULES`: how many of so many random schedules end wrong; `kernel` plays Mizan's. */

import { Violation, play } from "../../../frontends/mizan-runtime/test/checking.js";
import { endsWrong } from "./queries.js";
import { RECIPES } from "./recipes.js";

const [name = "", count = ""] = process.argv.slice(2);

let wrong = 0;
for (let seed = 1; seed <= Number(count); seed++) {
  const actions = 12 + (seed % 20);
  wrong += (name === "kernel" ? await isViolated(seed, actions) : await endsWrong(seed, actions, recipe())) ? 1 : 0;
}
console.log(wrong);
// Nothing is waited for that a client has set a timer for.
process.exit();

function recipe() {
  const found = RECIPES[name];
  if (found === undefined) throw new Error(`There is no recipe ${name}: ${Object.keys(RECIPES).join(", ")}`);
  return found;
}

/** Its views are checked after every step, not at the end alone. */
async function isViolated(seed: number, actions: number): Promise<boolean> {
  try {
    await play(seed, actions);
    return false;
  } catch (error) {
    if (error instanceof Violation) return true;
    throw error;
  }
}
