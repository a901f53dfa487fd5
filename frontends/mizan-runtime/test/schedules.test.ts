import test from "node:test";

import { play } from "./checking.js";

test("500 schedules without a violation", async () => {
  for (let seed = 1; seed <= 500; seed++) await play(seed, 12 + (seed % 20));
});
