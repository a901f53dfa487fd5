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
    "this.#tell();\n        this.refresh();\n        this.#surroundings.rest();",
    "this.#tell();\n        this.#surroundings.rest();",
  ],
  ["a read is believed whenever it started", "slot.js", 'kind === "replace" || at >= this.#lastTouched;', "true;"],
  ["progress may go back", "slot.js", "at > this.#asOf))", "true))"],
  ["upserts are not replayed", "slot.js", "this.#upserts.filter((upsert) => upsert.at > at)", "[]"],
  [
    "nothing is held under a layer",
    "slot.js",
    "(layer) => layer.until)",
    "(layer) => (layer.until === UNANSWERED ? MERGED : layer.until))",
  ],
  ["a layer goes with its answer", "answers.js", "merged.has(slot) ? MERGED : now;", "MERGED;"],
  ["a layer is never withdrawn", "slot.js", "this.#layers.filter((other) => other !== layer)", "this.#layers"],
  [
    "an old read is kept for after the layers",
    "slot.js",
    "if (until > MERGED && !held.some(",
    "if (false && !held.some(",
  ],
  [
    "an invalidation is not noted",
    "slot.js",
    "this.#dirty = this.#lastTouched = Math.max(this.#lastTouched, now);",
    "",
  ],
  ["an overlapping merge is believed", "answers.js", "overtaken.has(slot) ? null : planOf", "planOf"],
  [
    "that a merge of an answer was overtaken is forgotten for its refresh",
    "answers.js",
    "overtaken.has(slot) ?",
    "slot.touched > sent && slot.touched < now ?",
  ],
  ["a merge does not touch", "slot.js", "this.#lastTouched = at;", ";"],
  ["an upsert makes fresh what was stale", "slot.js", "if (!this.#isBehind)\n                this.#asOf", "this.#asOf"],
  [
    "an upsert into nothing is in the content",
    "slot.js",
    "this.#upserts.push(news);\n            return false;",
    "this.#upserts.push(news);\n            return true;",
  ],
  [
    "a lost answer means nothing",
    "answers.js",
    "(isKnown ? null : now));\n    hear(kernel, epoch, isKnown ? error.invalidate : DOUBT",
    "null);\n    hear(kernel, epoch, isKnown ? error.invalidate : []",
  ],
  ["a refused call keeps its layer", "answers.js", "(isKnown ? null : now)", "(isKnown ? Infinity : now)"],
  ["news is dropped", "kernel.js", "this.change(news, this.tick());", ";"],
  ["a call that could not be sent keeps its layer", "kernel.js", "slot.withdraw(layer);", ";"],
  [
    "a refresh is believed of what was touched meanwhile",
    "answers.js",
    "put(known, name, REPLACE, value);",
    "known.mark().slot(name).read(now, value);",
  ],
  ["the server's spelling is not learned", "entry.js", "this.scope = scope;", ""],
  [
    "what was said before the spelling was known is lost",
    "entry.js",
    "slot.invalidate(this.#touchedAt());\n    }\n    /** Forget everything",
    ";\n    }\n    /** Forget everything",
  ],
  ["a part of several reads fails unheard", "gather.js", "each[3](part);", ";"],
  ["a part of several reads that is not known is not read alone", "gather.js", "alone(each);", ";"],
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
