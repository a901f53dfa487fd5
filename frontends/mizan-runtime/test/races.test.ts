/** The races of docs/clients.md, one by one, with every step in the worst order. */

import assert from "node:assert/strict";
import test from "node:test";

import { Kernel, MizanError, type Answer, type Bundle, type Json } from "../src/index.js";

const ROOM = { name: "room", functions: ["title", "items"] };
const SAVE = { name: "save", modes: { room: { items: { kind: "upsert", key: "id", place: "append" } } } } as const;

/** A kernel whose requests wait until the test answers them, in the order that it likes. */
function scene() {
  const reads: {
    readonly answer: (bundle: Bundle) => Promise<void>;
    readonly fail: () => Promise<void>;
    isAborted(): boolean;
  }[] = [];
  const calls: {
    readonly answer: (answer: Answer) => Promise<void>;
    readonly fail: (error: unknown) => Promise<void>;
  }[] = [];
  const kernel = new Kernel({
    fetch: (_, __, signal) =>
      new Promise((resolve, reject) => {
        reads.push({
          answer: (bundle) => settle(() => resolve(bundle)),
          fail: () => settle(() => reject(new MizanError({ code: "NETWORK", message: "down" }))),
          isAborted: () => signal.aborted,
        });
      }),
    call: () =>
      new Promise((resolve, reject) => {
        calls.push({ answer: (answer) => settle(() => resolve(answer)), fail: (error) => settle(() => reject(error)) });
      }),
  });
  const entry = kernel.entry(ROOM, { id: 1 });
  const read = (index: number) => reads[index] ?? assert.fail(`there is no read ${index}`);
  const call = (index: number) => calls[index] ?? assert.fail(`there is no call ${index}`);
  const title = () => entry.slot("title").value;
  return { kernel, entry, reads, calls, read, call, title };
}

async function settle(act: () => void): Promise<void> {
  act();
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

/** A scene in which somebody looks and the first read has brought "old". */
async function shown() {
  const made = scene();
  await settle(() => made.entry.subscribe(() => undefined));
  await made.read(0).answer({ title: "old", items: [] });
  return made;
}

const merge = (value: Json, slot = "title"): Answer => ({
  result: null,
  merge: [{ context: "room", slot, params: { id: 1 }, value }],
});
const invalidation: Answer = { result: null, invalidate: ["room"] };

test("a read from before a merge does not undo it", async () => {
  const { kernel, entry, read, call, title, reads } = await shown();
  await settle(() => entry.refetch());
  await settle(() => void kernel.call(SAVE, {}));
  // The refetch touched the slots before the call was sent: the merge is newer.
  await call(0).answer(merge("new"));
  await read(1).answer({ title: "old", items: [] });
  assert.equal(title(), "new");
  assert.equal(entry.isStale, false);
  assert.equal(reads.length, 2);
});

test("a read from before an invalidation is aborted and restarted", async () => {
  const { kernel, entry, read, title } = await shown();
  await settle(() => entry.refetch());
  await settle(() => kernel.invalidate(["room"]));
  assert.equal(read(1).isAborted(), true);
  await read(2).answer({ title: "new", items: [] });
  assert.equal(title(), "new");
  assert.equal(entry.isStale, false);
});

test("on the first load an old read is shown as progress, and one more follows", async () => {
  const { kernel, entry, read, title, reads } = scene();
  await settle(() => entry.subscribe(() => undefined));
  await settle(() => kernel.invalidate(["room"]));
  await read(0).answer({ title: "old", items: [] });
  assert.equal(title(), "old");
  assert.equal(entry.isStale, true);
  await read(1).answer({ title: "new", items: [] });
  assert.equal(title(), "new");
  assert.equal(reads.length, 2);
});

test("of two overlapping calls whose answers are swapped the older is never shown", async () => {
  const { kernel, read, call, title, reads, entry } = await shown();
  await settle(() => void kernel.call(SAVE, {}));
  await settle(() => void kernel.call(SAVE, {}));
  await call(1).answer(merge("second"));
  await call(0).answer(merge("first"));
  assert.equal(title(), "second");
  assert.equal(entry.isStale, true);
  await read(1).answer({ title: "second", items: [] });
  assert.equal(title(), "second");
  assert.equal(reads.length, 2);
});

test("a merge that an invalidation overlaps is not believed", async () => {
  const { kernel, read, call, title } = await shown();
  await settle(() => void kernel.call(SAVE, {}));
  await settle(() => kernel.invalidate(["room"]));
  await call(0).answer(merge("unordered"));
  assert.equal(title(), "old");
  await read(2).answer({ title: "new", items: [] });
  assert.equal(title(), "new");
});

for (const [outcome, expected] of [
  ["succeeds", "renamed"],
  ["is refused", "read"],
] as const) {
  test(`a read under a layer is held; when the call ${outcome} nothing is shown twice`, async () => {
    const { kernel, entry, read, call, title } = await shown();
    await settle(() => entry.refetch());
    await settle(() => {
      kernel.call(SAVE, { id: 1 }, { optimistic: { room: { title: () => "renamed" } } }).catch(() => undefined);
    });
    assert.equal(title(), "renamed");
    await read(1).answer({ title: "read", items: [] });
    assert.equal(title(), "renamed");
    if (outcome === "succeeds") await call(0).answer(merge("renamed"));
    else await call(0).fail(new MizanError({ code: "CONFLICT", message: "no", status: 409 }));
    assert.equal(title(), expected);
  });
}

test("of two layers the second stays when the first is refused", async () => {
  const { kernel, call, title } = await shown();
  const expecting = (text: string) => ({
    optimistic: { room: { title: (old: Json | undefined) => `${String(old)}+${text}` } },
  });
  await settle(() => void kernel.call(SAVE, { id: 1 }, expecting("a")).catch(() => undefined));
  await settle(() => void kernel.call(SAVE, { id: 1 }, expecting("b")));
  assert.equal(title(), "old+a+b");
  await call(0).fail(new MizanError({ code: "FORBIDDEN", message: "no", status: 403 }));
  assert.equal(title(), "old+b");
});

test("a lost answer is NETWORK, and what somebody looks at is read once", async () => {
  const { kernel, call, reads } = await shown();
  const unseen = kernel.entry(ROOM, { id: 2 });
  let code = "";
  await settle(() => void kernel.call(SAVE, {}).catch((error: MizanError) => (code = error.code)));
  await call(0).fail(new MizanError({ code: "NETWORK", message: "lost" }));
  assert.equal(code, "NETWORK");
  assert.equal(reads.length, 2);
  assert.equal(unseen.isFetching, false);
});

test("what is invalidated while nobody looks is read when somebody does", async () => {
  const { kernel, entry, reads } = scene();
  const leave = entry.subscribe(() => undefined);
  await settle(() => undefined);
  await reads[0]?.answer({ title: "old", items: [] });
  leave();
  await settle(() => kernel.invalidate(["room"]));
  assert.equal(reads.length, 1);
  await settle(() => entry.subscribe(() => undefined));
  assert.equal(reads.length, 2);
});

test("what was under way over a reset is ignored", async () => {
  const { kernel, entry, read, call, title } = await shown();
  await settle(() => entry.refetch());
  await settle(() => void kernel.call(SAVE, { id: 1 }, { optimistic: { room: { title: () => "draft" } } }));
  await settle(() => kernel.reset());
  assert.equal(title(), undefined);
  assert.equal(read(1).isAborted(), true);
  await read(1).answer({ title: "of another", items: [] });
  await call(0).answer(merge("of another"));
  assert.equal(title(), undefined);
  await read(2).answer({ title: "own", items: [] });
  assert.equal(title(), "own");
});

test("an answer's invalidation and merge of one slot leave it fresh", async () => {
  const { kernel, entry, call, read, title } = await shown();
  await settle(() => void kernel.call(SAVE, {}));
  await call(0).answer({ ...merge("new"), ...invalidation, result: null });
  assert.equal(title(), "new");
  assert.equal(entry.slot("title").isStale, false);
  assert.equal(entry.slot("items").isStale, true);
  await read(1).answer({ title: "new", items: [1] });
  assert.equal(entry.isStale, false);
});

test("a failed read is told, and not tried again before there is news", async () => {
  const { kernel, entry, read, reads } = await shown();
  await settle(() => entry.refetch());
  await read(1).fail();
  assert.equal((entry.error as MizanError).code, "NETWORK");
  assert.equal(reads.length, 2);
  await settle(() => kernel.invalidate(["room"]));
  await read(2).answer({ title: "new", items: [] });
  assert.equal(entry.error, null);
});

test("a storm of invalidations ends with one read that is fresh", async () => {
  const { kernel, entry, reads } = await shown();
  for (let count = 0; count < 200; count++) await settle(() => kernel.invalidate(["room"]));
  assert.ok(reads.length <= 3);
  await reads.at(-1)?.answer({ title: "nearly", items: [] });
  assert.equal(entry.isStale, true);
  await reads.at(-1)?.answer({ title: "new", items: [] });
  assert.equal(entry.isStale, false);
});

test("parameters are compared as values, and those that an entry lacks do not exclude it", async () => {
  const { kernel } = scene();
  const stale = (params: { [name: string]: Json }, news: object) => {
    const entry = kernel.entry(ROOM, params);
    entry.hydrate({ title: "x", items: [] });
    kernel.invalidate([{ context: "room", ...news }]);
    const { isStale } = entry;
    entry.hydrate({ title: "x", items: [] });
    return isStale;
  };
  assert.equal(stale({ id: 3, tags: ["a"] }, { params: { id: 3.0 } }), true);
  assert.equal(stale({ id: 4 }, { params: { id: 5 } }), false);
  assert.equal(stale({ id: 6 }, { params: { id: 6, team: 1 } }), true);
  assert.equal(stale({ id: 7 }, { texts: { id: "7" } }), true);
  assert.equal(stale({ id: 8 }, { texts: { id: "9" } }), false);
  assert.equal(stale({ name: "null" }, { texts: { name: "null" } }), true);
});
