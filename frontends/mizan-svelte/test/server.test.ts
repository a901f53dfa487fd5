import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

test("a server renders what it has read", () => {
  const script = fileURLToPath(new URL("../../test/server.mjs", import.meta.url));
  const html = execFileSync(process.execPath, [script], { encoding: "utf8" });
  assert.match(html, /Ada;/);
  assert.match(html, / 1\n$/);
});
