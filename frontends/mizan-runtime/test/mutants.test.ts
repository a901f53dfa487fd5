/** Each rule of the kernel is needed: without it the schedules find a violation. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const BUILD = fileURLToPath(new URL("..", import.meta.url));
const SCHEDULES = "4000";

/** What is taken away, where, and what stands there instead. */
const MUTANTS: readonly (readonly [rule: string, file: string, original: string, mutant: string])[] = [
  [
    "a read is not followed by another",
    "entry.js",
    "this.changed();\n        this.refresh();\n        this.#surroundings.rest();",
    "this.changed();\n        this.#surroundings.rest();",
  ],
  ["a read is believed whenever it started", "slot.js", "if (start >= this.#lastTouched) {", "if (true) {"],
  ["progress may go back", "slot.js", "start > this.#asOf)", "true)"],
  ["upserts are not replayed", "slot.js", "this.#upserts.filter((upsert) => upsert.at > start)", "[]"],
  [
    "nothing is held under a layer",
    "slot.js",
    "if (this.#layers.some((layer) => layer.answered === null))\n            return;",
    "",
  ],
  ["a layer goes with its answer", "slot.js", "layer.isMerged = isMerged;", "layer.isMerged = true;"],
  ["a layer is never withdrawn", "slot.js", "this.#layers.filter((other) => other !== layer)", "this.#layers"],
  [
    "an old read is kept for after the layers",
    "slot.js",
    'this.#held = this.#held.filter((held) => held.kind === "merge");',
    "this.#takeHeld(-1);",
  ],
  [
    "an invalidation is not noted",
    "slot.js",
    "this.#dirty = this.#lastTouched = Math.max(this.#lastTouched, now);",
    "",
  ],
  ["an overlapping merge is believed", "slot.js", "this.#overtaken === now || ", ""],
  [
    "that a merge of an answer was overtaken is forgotten for its refresh",
    "slot.js",
    "this.#overtaken === now ||",
    "(this.#lastTouched > sent && this.#lastTouched < now) ||",
  ],
  ["a merge does not touch", "slot.js", "this.#lastTouched = now;\n        this.#held", "this.#held"],
  ["an upsert makes fresh what was stale", "slot.js", "if (!this.#isBehind)\n            this.#asOf", "this.#asOf"],
  [
    "an upsert into nothing is in the content",
    "slot.js",
    "this.invalidate(now);\n            return false;\n        }\n        this.#lastTouched",
    "return true;\n        }\n        this.#lastTouched",
  ],
  [
    "a lost answer means nothing",
    "kernel.js",
    "slot.answer(layer, now, false);\n            for (const entry of this.#doubtAll(now))",
    "slot.withdraw(layer);\n            for (const entry of [])",
  ],
  [
    "a refused call keeps its layer",
    "kernel.js",
    "slot.withdraw(layer);\n            for (const entry of this.#invalidated(error",
    "void layer;\n            for (const entry of this.#invalidated(error",
  ],
  ["news is dropped", "kernel.js", "this.#conclude(this.#invalidated(news, ++this.#clock));", ";"],
  [
    "a refresh is believed of what was touched meanwhile",
    "kernel.js",
    "put(entry, name, REPLACE, value);",
    "(entry.slot(name).read(now, value), changed.add(entry));",
  ],
  ["the server's spelling is not learned", "entry.js", "this.#texts = readHeader(scope)[0]?.texts ?? {};", ""],
  [
    "what was said before the spelling was known is lost",
    "entry.js",
    "this.invalidate(this.#surroundings.touched(this.context));",
    ";",
  ],
  ["a part of several reads fails unheard", "gather.js", "waiting.reject(part.error);", ";"],
  ["a part of several reads that is not known is not read alone", "gather.js", "this.#alone(waiting);", ";"],
  ["the parts of several reads are mixed up", "gather.js", "parts?.[index]", "parts?.[0]"],
  ["a signal is not heard", "live/session.js", "!ids.has(watch.id)", "true"],
  [
    "a watch outlives its connection",
    "live/session.js",
    "watch.isAsked = false;\n        for",
    "void watch;\n        for",
  ],
  ["what is shown is not watched", "live/session.js", "this.#watchOf(entry)?.isAsked !== true", "false"],
  ["a merge is believed beside a watch that is being read", "live/session.js", "watch.pending > 0", "false"],
  [
    "a request does not wait for the last one of its id",
    "live/session.js",
    "watch.turn.then(",
    "Promise.resolve().then(",
  ],
  [
    "a bundle is what was known before",
    "live/session.js",
    "if (answer.unchanged !== true || watch.known === null)",
    "if (watch.known === null)",
  ],
  ["several reads fail unheard", "gather.js", "reject(error);", ";"],
];

for (const [rule, file, original, mutant] of MUTANTS) {
  test(`found: ${rule}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "mizan-mutant-"));
    try {
      cpSync(BUILD, folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), '{"type": "module"}');
      const path = join(folder, "src", file);
      const source = readFileSync(path, "utf8");
      assert.equal(source.split(original).length, 2, `${file} does not hold once: ${original}`);
      writeFileSync(path, source.replace(original, mutant));
      const run = spawnSync(process.execPath, [join(folder, "test", "soak.js"), SCHEDULES], {
        encoding: "utf8",
        timeout: 250_000,
      });
      assert.notEqual(run.status, 0, `survived ${SCHEDULES} schedules`);
      assert.match(run.stderr, /Violation/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
