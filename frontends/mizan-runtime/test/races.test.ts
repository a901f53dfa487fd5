/** The races of docs/clients.md, one by one, with every step in the worst order. */

import assert from "node:assert/strict";
import test from "node:test";

import * as calling from "../src/calling.js";
import {
  Kernel,
  MizanError,
  type Answer,
  type Bundle,
  type Json,
  type News,
  type Outside,
  type Shown,
  type Transport,
} from "../src/index.js";

const ROOM = { name: "room", slots: { title: ["id"], items: ["id"] } };
const OFFLINE = { code: "OFFLINE", message: "it could not be loaded" };
const SAVE = { name: "save", modes: { room: { items: { kind: "upsert", key: "id", place: "append" } } } } as const;

/** A kernel whose requests wait until the test answers them, in the order that it likes. */
function scene(outside: Outside = { loaded: calling, load: () => Promise.resolve(calling) }) {
  const reads: {
    readonly answer: (bundle: Bundle, scope?: string) => Promise<void>;
    readonly fail: (reason?: unknown) => Promise<void>;
    isAborted(): boolean;
  }[] = [];
  const calls: {
    readonly name: string;
    readonly shown: readonly Shown[];
    readonly answer: (answer: Answer) => Promise<void>;
    readonly fail: (error: unknown) => Promise<void>;
  }[] = [];
  const transport: Transport = {
    fetch: (_, __, signal) =>
      new Promise((resolve, reject) => {
        reads.push({
          answer: (bundle, scope) => settle(() => resolve({ bundle, scope: scope ?? null })),
          fail: (reason = new MizanError({ code: "NETWORK", message: "down" })) => settle(() => reject(reason)),
          isAborted: () => signal.aborted,
        });
      }),
    call: ({ name }, __, shown) =>
      new Promise((resolve, reject) => {
        calls.push({
          name,
          shown,
          answer: (answer) => settle(() => resolve(answer)),
          fail: (error) => settle(() => reject(error)),
        });
      }),
  };
  const kernel = new Kernel(transport, outside);
  const entry = kernel.entry(ROOM, { id: 1 });
  const read = (index: number) => reads[index] ?? assert.fail(`there is no read ${index}`);
  const call = (index: number) => calls[index] ?? assert.fail(`there is no call ${index}`);
  const title = () => entry.slot("title").value;
  return { kernel, entry, reads, calls, read, call, title };
}

type Scene = ReturnType<typeof scene>;

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

test("what is held is not read again and again: not before the call is answered", async () => {
  const { kernel, entry, read, call, title, reads } = await shown();
  await settle(() => {
    kernel.call(SAVE, { id: 1 }, { optimistic: { room: { title: () => "renamed" } } }).catch(() => undefined);
  });
  await settle(() => kernel.invalidate(["room"]));
  await read(1).answer({ title: "read", items: [] });
  await settle(() => undefined);
  assert.equal(reads.length, 2);
  assert.equal(entry.isStale, true);
  // Another invalidation is later than what is held.
  await settle(() => kernel.invalidate(["room"]));
  assert.equal(reads.length, 3);
  await read(2).answer({ title: "newer", items: [] });
  assert.equal(reads.length, 3);
  await call(0).answer({ result: null, invalidate: ["room"] });
  assert.equal(title(), "renamed");
  assert.equal(reads.length, 4);
  await read(3).answer({ title: "renamed", items: [] });
  assert.equal(reads.length, 4);
  assert.equal(entry.isStale, false);
});

test("what is held is shown when the call is refused, without another read", async () => {
  const { kernel, entry, read, call, title, reads } = await shown();
  await settle(() => {
    kernel.call(SAVE, { id: 1 }, { optimistic: { room: { title: () => "renamed" } } }).catch(() => undefined);
  });
  await settle(() => kernel.invalidate(["room"]));
  await read(1).answer({ title: "read", items: [] });
  await call(0).fail(new MizanError({ code: "CONFLICT", message: "no", status: 409 }));
  assert.equal(title(), "read");
  assert.equal(entry.isStale, false);
  assert.equal(reads.length, 2);
});

test("of two layers the second stays when the first is refused", async () => {
  const { kernel, call, title } = await shown();
  const expecting = (text: string) => ({
    optimistic: { room: { title: (old: Json) => `${String(old)}+${text}` } },
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

for (const [what, end] of [
  ["a merge", (call) => call.answer(merge("new"))],
  ["an invalidation", (call) => call.answer(invalidation)],
  ["nothing: it is lost", (call) => call.fail(new TypeError("the connection was lost"))],
] as const satisfies readonly (readonly [string, (call: ReturnType<Scene["call"]>) => Promise<void>])[]) {
  test(`after a reset too a call may have been done later than what was read: its answer brings ${what}`, async () => {
    const { kernel, entry, read, call, title, reads } = await shown();
    await settle(() => void kernel.call(SAVE, { id: 1 }).catch(() => undefined));
    await settle(() => kernel.reset());
    await read(1).answer({ title: "before", items: [] });
    assert.equal(entry.isStale, false);
    await end(call(0));
    assert.deepEqual([title(), reads.length, kernel.epoch], ["before", 3, 1]);
    await read(2).answer({ title: "new", items: [] });
    assert.deepEqual([title(), entry.isStale], ["new", false]);
  });
}

test("of a call that has told of a reset, and is answered after one, that is no news", async () => {
  const { kernel, call, reads } = await shown();
  await settle(() => void kernel.call(SAVE, { id: 1 }));
  await settle(() => kernel.reset());
  await call(0).answer({ result: null, invalidate: ["*"] });
  assert.deepEqual([kernel.epoch, reads.length], [1, 2]);
});

test("what somebody makes of a reset does not keep another's data", async () => {
  const { kernel, entry, read, title } = await shown();
  const other = kernel.entry(ROOM, { id: 2 });
  await settle(() => other.subscribe(() => undefined));
  await read(1).answer({ title: "mine", items: [] });
  const leave = entry.subscribe(() => {
    leave();
    throw new Error("a mistake of the page");
  });
  assert.throws(() => kernel.reset(), /a mistake of the page/);
  assert.deepEqual([title(), other.slot("title").value], [undefined, undefined]);
});

test("an entry is that of the parameters as they were when it was asked for", async () => {
  const asked: Json[] = [];
  const kernel = new Kernel(
    {
      fetch: async (_, params) => (asked.push(params["id"] as Json), { bundle: { title: "", items: [] } }),
      call: () => Promise.reject(new TypeError("there are none")),
    },
    { loaded: calling },
  );
  const params = { id: 1 };
  kernel.entry(ROOM, params).subscribe(() => undefined);
  params.id = 2;
  await kernel.idle();
  assert.deepEqual(asked, [1]);
  assert.notEqual(kernel.entry(ROOM, params), kernel.entry(ROOM, { id: 1 }));
});

test("a call has the arguments that it was made with, whatever becomes of them while it waits", async () => {
  const sent: Json[] = [];
  const kernel = new Kernel({
    fetch: () => Promise.reject(new TypeError("there are none")),
    call: async (_, args) => (sent.push(args["text"] as Json), { result: null }),
  });
  const form = { text: "hello" };
  const called = kernel.call({ name: "say" }, form);
  form.text = "";
  await called;
  assert.deepEqual(sent, ["hello"]);
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

test("a read that fails without a reason has failed, too", async () => {
  const { entry, read, reads } = await shown();
  await settle(() => entry.refetch());
  await read(1).fail(null);
  assert.ok(entry.error instanceof Error);
  assert.equal(reads.length, 2);
});

const RESET: News = ["*"];
for (const [how, answers] of [
  ["answers", (call) => call.answer({ result: null, invalidate: RESET })],
  [
    "is refused",
    (call) => call.fail(new MizanError({ code: "CONFLICT", message: "", status: 409, invalidate: RESET })),
  ],
  [
    "fails",
    (call) => call.fail(new MizanError({ code: "INTERNAL_ERROR", message: "", status: 500, invalidate: RESET })),
  ],
] as const satisfies readonly (readonly [string, (call: ReturnType<Scene["call"]>) => Promise<void>])[]) {
  test(`a call that makes somebody else of its caller is a reset, here and elsewhere: it ${how}`, async () => {
    const told: News[] = [];
    const { kernel, entry, read, call, reads, title } = scene({
      load: () => Promise.resolve(calling),
      tell: (news) => told.push(news),
    });
    await settle(() => entry.subscribe(() => undefined));
    await read(0).answer({ title: "mine", items: [] });
    await settle(() => entry.refetch());
    const optimistic = { room: { title: () => "expected" } };
    await settle(() => void kernel.call(SAVE, {}, { optimistic }).catch(() => undefined));
    await answers(call(0));
    assert.deepEqual([title(), kernel.epoch, told], [undefined, 1, [RESET]]);
    assert.deepEqual([read(1).isAborted(), reads.length], [true, 3]);
    await read(1).answer({ title: "mine", items: [] });
    assert.equal(title(), undefined);
    await read(2).answer({ title: "theirs", items: [] });
    assert.equal(title(), "theirs");
  });
}

test("a merge that is not believed is news for what could not be read", async () => {
  const { kernel, entry, read, call, reads } = await shown();
  await settle(() => void kernel.call(SAVE, {}));
  await settle(() => entry.refetch());
  await read(1).fail();
  assert.equal(reads.length, 2);
  await call(0).answer(merge("unordered"));
  assert.equal(reads.length, 3);
});

test("a function that the server's context does not have is an error, and is not asked for again and again", async () => {
  const { entry, read, reads, title } = scene();
  await settle(() => void entry.load());
  await read(0).answer({ title: "here" });
  assert.equal(title(), "here");
  assert.equal((entry.error as MizanError).code, "NOT_FOUND");
  for (let asked = 0; asked < 3; asked++) {
    assert.equal(entry.slot("items").isPresent, false);
    await settle(() => void entry.load());
  }
  assert.equal(reads.length, 1);
  await settle(() => entry.subscribe(() => undefined));
  await read(1).answer({ title: "here", items: [] });
  assert.equal(entry.error, null);
  assert.equal(entry.isStale, false);
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

test("parameters are compared as values, and those that an entry lacks do not exclude it", () => {
  const stale = (params: { [name: string]: Json }, news: object) => {
    const { kernel } = scene();
    const entry = kernel.entry(ROOM, params);
    entry.hydrate({ bundle: { title: "x", items: [] } });
    kernel.invalidate([{ context: "room", ...news }]);
    return entry.isStale;
  };
  assert.equal(stale({ id: 3, tags: ["a"] }, { params: { id: 3.0 } }), true);
  assert.equal(stale({ id: 4 }, { params: { id: 5 } }), false);
  assert.equal(stale({ id: 6 }, { params: { id: 6, team: 1 } }), true);
  assert.equal(stale({ id: 7 }, { texts: { id: "7" } }), true);
  assert.equal(stale({ id: 8 }, { texts: { id: "9" } }), false);
  assert.equal(stale({ name: "null" }, { texts: { name: "null" } }), true);
});

test("an entry is known by the server's spelling of its parameters once it has been read", async () => {
  const { kernel, read, reads } = scene();
  const entry = kernel.entry(ROOM, { id: " ABC" });
  await settle(() => entry.subscribe(() => undefined));
  await read(0).answer({ title: "old", items: [] }, "room;id=abc;page=1");
  await settle(() => kernel.invalidate([{ context: "room", params: { id: "abc", page: 2 } }]));
  assert.equal(entry.isStale, false);
  await settle(() => kernel.invalidate([{ context: "room", params: { id: "abc" } }]));
  assert.equal(entry.isStale, true);
  assert.equal(reads.length, 2);
});

test("of a parameter that the server does not spell everything that is said may concern the entry", async () => {
  const { kernel, reads, call, read } = scene();
  const entry = kernel.entry(ROOM, { id: "1.50", page: 1 });
  await settle(() => entry.subscribe(() => undefined));
  await settle(() => kernel.invalidate([{ context: "room", params: { id: "1.5" } }]));
  await read(0).answer({ title: "old", items: [] }, "room;page=1");
  await read(1).answer({ title: "new", items: [] }, "room;page=1");
  assert.equal(entry.isStale, false);
  await settle(() => kernel.invalidate([{ context: "room", params: { id: "1.5", page: 2 } }]));
  assert.equal(entry.isStale, false);
  await settle(() => void kernel.call(SAVE, {}));
  await call(0).answer({
    result: null,
    merge: [{ context: "room", slot: "title", params: { id: "1.5" }, value: "not known to be this entry's" }],
  });
  assert.equal(entry.slot("title").value, "new");
  assert.equal(reads.length, 3);
});

test("a refresh that tells the spelling is not believed where the entry was concerned by what was said before", async () => {
  const { kernel, call, reads } = scene();
  const entry = kernel.entry(ROOM, { id: " ABC" });
  await settle(() => entry.subscribe(() => undefined));
  for (const id of ["abc", "other"]) {
    await settle(() => void kernel.call({ ...SAVE, affects: ["room"], name: id }, {}));
  }
  const merged = (id: string) => ({ context: "room", slot: "title", params: { id }, value: "new" });
  await call(1).answer({ result: null, merge: [merged("abc")] });
  const refresh = [
    { context: "room", params: { id: " ABC" }, bundle: { title: "old", items: [] }, scope: "room;id=abc" },
  ];
  await call(0).answer({ result: null, merge: [merged("other")], refresh });
  assert.equal(entry.isStale, true);
  assert.equal(reads.length, 1);
});

for (const what of ["is not there yet", "cannot be loaded"]) {
  test(`while the part for calls ${what} news concerns all of a context, and only that`, async () => {
    const load = () =>
      what === "cannot be loaded"
        ? Promise.reject(new MizanError({ code: "OFFLINE", message: "down" }))
        : new Promise<never>(() => undefined);
    const { kernel } = scene({ load });
    const entry = kernel.entry(ROOM, { id: 1 });
    entry.hydrate({ bundle: { title: "x", items: [] } });
    const other = kernel.entry({ name: "other", slots: { x: [] } });
    other.hydrate({ bundle: { x: 1 } });
    kernel.invalidate([{ context: "room", params: { id: 2 } }]);
    assert.deepEqual([entry.isStale, other.isStale], [true, false]);
  });
}

test("a call waits for the part that it needs: what is expected of it is shown, and taken back where that cannot be had", async () => {
  const outcomes: ((outcome: "loaded" | "lost") => void)[] = [];
  const load = () =>
    new Promise<typeof calling>((resolve, reject) => {
      outcomes.push((outcome) => (outcome === "loaded" ? resolve(calling) : reject(new MizanError(OFFLINE))));
    });
  const { kernel, entry, calls, title } = scene({ load });
  entry.hydrate({ bundle: { title: "old", items: [] } });
  const optimistic = { room: { title: () => "renamed" } };
  let code = "";
  await settle(
    () => void kernel.call(SAVE, { id: 1 }, { optimistic }).catch((error: MizanError) => (code = error.code)),
  );
  assert.equal(title(), "renamed");
  await settle(() => outcomes[0]?.("lost"));
  assert.deepEqual([code, title(), calls.length], ["OFFLINE", "old", 0]);
  // Those that wait are sent in the order in which they were made, and none for somebody else.
  for (const name of ["first", "second"]) await settle(() => void kernel.call({ name }, {}));
  await settle(() => outcomes[1]?.("loaded"));
  await settle(() => void kernel.call({ name: "third" }, {}));
  assert.deepEqual(
    calls.map(({ name }) => name),
    ["first", "second", "third"],
  );
});

test("what waited for the part that calls need is not sent as somebody else", async () => {
  let bring: () => void = () => undefined;
  const { kernel, calls } = scene({ load: () => new Promise((resolve) => (bring = () => resolve(calling))) });
  let code = "";
  await settle(() => void kernel.call(SAVE, {}).catch((error: MizanError) => (code = error.code)));
  kernel.reset();
  await settle(() => bring());
  assert.deepEqual([code, calls.length], ["OFFLINE", 0]);
});

test("of a list or an object another spelling excludes nothing", async () => {
  const { kernel, read } = scene();
  const entry = kernel.entry(ROOM, { sizes: [1, 2] });
  await settle(() => entry.subscribe(() => undefined));
  await read(0).answer({ title: "old", items: [] }, "room;sizes=%5B%221.0%22%2C%222.0%22%5D");
  assert.equal(entry.isStale, false);
  await settle(() => kernel.invalidate([{ context: "room", params: { sizes: [1.5, 2] } }]));
  assert.equal(entry.isStale, true);
});

test("what is said before the server's spelling is known is not lost", async () => {
  const { kernel, read, reads } = scene();
  const entry = kernel.entry(ROOM, { id: " ABC" });
  await settle(() => entry.subscribe(() => undefined));
  await settle(() => kernel.invalidate([{ context: "room", params: { id: "abc" } }]));
  await read(0).answer({ title: "old", items: [] }, "room;id=abc");
  assert.equal(entry.slot("title").value, "old");
  assert.equal(reads.length, 2);
  await read(1).answer({ title: "new", items: [] }, "room;id=abc");
  assert.equal(entry.isStale, false);
});

test("a merge is taken where the parameters of the slot's function are known to be equal, else the slot is read", async () => {
  const LIST = { name: "room", slots: { title: ["id"], items: ["id", "page"] } };
  const { kernel, reads, call } = scene();
  const entries = [{ id: 1, page: 1 }, { id: 1, page: 2 }, { page: 1 }, { id: 2, page: 1 }].map((params) => {
    const entry = kernel.entry(LIST, params);
    entry.hydrate({ bundle: { title: "old", items: [] } });
    return entry;
  });
  await settle(() => void kernel.call(SAVE, {}));
  await call(0).answer({
    result: null,
    merge: [{ context: "room", slot: "title", params: { id: 1, page: 1 }, value: "new" }],
  });
  const seen = entries.map((entry) => [entry.slot("title").value, entry.isStale]);
  // Only the server knows which id is meant where none was asked for.
  assert.deepEqual(seen, [
    ["new", false],
    ["new", false],
    ["old", true],
    ["old", false],
  ]);
  assert.equal(reads.length, 0);
});

test("what a call has changed comes with its answer, and nothing is read", async () => {
  const { kernel, entry, reads, call, title, calls } = await shown();
  await settle(() => void kernel.call({ ...SAVE, affects: ["room"] }, {}));
  assert.deepEqual(calls[0]?.shown, [{ context: "room", params: { id: 1 } }]);
  const bundle = { title: "new", items: [1] };
  await call(0).answer({ ...invalidation, refresh: [{ context: "room", params: { id: 1 }, bundle }] });
  assert.equal(title(), "new");
  assert.equal(entry.isStale, false);
  assert.equal(reads.length, 1);
});

test("a refresh that an invalidation overlaps is not believed, whatever a merge of the same answer has said", async () => {
  const { kernel, entry, call, title } = await shown();
  await settle(() => void kernel.call({ ...SAVE, affects: ["room"] }, {}));
  await settle(() => kernel.invalidate(["room"]));
  const refresh = [{ context: "room", params: { id: 1 }, bundle: { title: "unordered", items: [] } }];
  await call(0).answer({ ...merge("unordered"), refresh });
  assert.equal(title(), "old");
  assert.equal(entry.isStale, true);
});

test("only what is looked at, and that the function may change, is shown to the server", async () => {
  const { kernel, calls } = await shown();
  const other = kernel.entry({ name: "other", slots: { x: [] } }, {});
  await settle(() => other.subscribe(() => undefined));
  kernel.entry(ROOM, { id: 2 });
  await settle(() => void kernel.call({ ...SAVE, affects: ["room"] }, {}));
  await settle(() => void kernel.call(SAVE, {}));
  assert.deepEqual(calls[0]?.shown, [{ context: "room", params: { id: 1 } }]);
  assert.deepEqual(calls[1]?.shown, []);
});

test("an entry made after a call was answered does not take an older merge", async () => {
  const { kernel, read, call } = scene();
  const of = (id: number, value: string): Answer => ({
    result: null,
    merge: [{ context: "room", slot: "title", params: { id }, value }],
  });
  await settle(() => void kernel.call(SAVE, {}));
  await settle(() => void kernel.call(SAVE, {}));
  await call(1).answer(of(9, "second"));
  const entry = kernel.entry(ROOM, { id: 9 });
  await settle(() => entry.subscribe(() => undefined));
  await read(0).answer({ title: "second", items: [] });
  await call(0).answer(of(9, "first"));
  assert.equal(entry.slot("title").value, "second");
});

test("who looks at an entry that was forgotten in a reset is told of news again", async () => {
  const { kernel, entry, read, reads } = scene();
  kernel.reset();
  await settle(() => entry.subscribe(() => undefined));
  await read(0).answer({ title: "old", items: [] });
  await settle(() => kernel.invalidate(["room"]));
  assert.equal(entry.isStale, true);
  assert.equal(reads.length, 2);
});

for (const bundle of [{ title: "new", items: [] }, { title: "new" }]) {
  const missing = "items" in bundle ? "" : ", though something is missing";
  test(`a read for those without a component ends when the answer tells the spelling${missing}`, async () => {
    const { kernel, read } = scene();
    const told: unknown[] = [];
    const tell = (outcome: unknown) => told.push(outcome);
    await settle(() => void kernel.read(ROOM, { id: 3 }).then(tell, tell));
    await read(0).answer(bundle, "room;id=3");
    assert.equal(told.length, 1);
    assert.equal(told[0] instanceof MizanError, missing !== "");
  });
}

test("a read for those without a component asks the server, and shares what is under way", async () => {
  const { kernel, read, reads } = await shown();
  let bundles: readonly unknown[] = [];
  await settle(
    () => void Promise.all([kernel.read(ROOM, { id: 1 }), kernel.read(ROOM, { id: 1 })]).then((all) => (bundles = all)),
  );
  assert.equal(reads.length, 2);
  await read(1).answer({ title: "new", items: [] });
  assert.deepEqual(bundles, [
    { title: "new", items: [] },
    { title: "new", items: [] },
  ]);
  let failure: unknown;
  await settle(() => void kernel.read(ROOM, { id: 3 }).catch((error: unknown) => (failure = error)));
  await read(2).fail();
  assert.ok(failure instanceof MizanError);
});

test("entries that nobody looks at are forgotten beyond a thousand, and begin anew when somebody does", async () => {
  // Also where what calls need cannot be loaded.
  const { kernel, entry, read } = scene({ load: () => Promise.reject(new MizanError(OFFLINE)) });
  await settle(() => entry.subscribe(() => undefined));
  await read(0).answer({ title: "old", items: [] });
  const first = kernel.entry(ROOM, { id: -1 });
  first.hydrate({ bundle: { title: "x", items: [] } });
  for (let id = 2; id < 1100; id++) kernel.entry(ROOM, { id });
  assert.ok(kernel.entries().length <= 1000);
  assert.equal(entry.slot("title").value, "old");
  assert.equal(first.slot("title").value, undefined);
  await settle(() => first.subscribe(() => undefined));
  assert.equal(first.isFetching, true);
});

test("a refresh tells the server's spelling, and ends a failure", async () => {
  const { kernel, call, read, reads } = scene();
  const entry = kernel.entry(ROOM, { id: " ABC" });
  await settle(() => entry.subscribe(() => undefined));
  await read(0).fail();
  await settle(() => void kernel.call({ ...SAVE, affects: ["room"] }, {}));
  const bundle = { title: "new", items: [] };
  await call(0).answer({
    result: null,
    refresh: [{ context: "room", params: { id: " ABC" }, bundle, scope: "room;id=abc" }],
  });
  assert.equal(entry.error, null);
  assert.equal(entry.isStale, false);
  await settle(() => kernel.invalidate([{ context: "room", params: { id: "abc" } }]));
  assert.equal(reads.length, 2);
});

test("what is said of a set in another order, before the server has spelled it, makes it stale", async () => {
  const { kernel, read, reads } = scene();
  const entry = kernel.entry(ROOM, { id: ["a", "b"] });
  await settle(() => entry.subscribe(() => undefined));
  await settle(() => kernel.invalidate([{ context: "room", params: { id: ["b", "a"] } }]));
  await read(0).answer({ title: "old", items: [] }, `room;id=${encodeURIComponent('["a","b"]')}`);
  assert.equal(reads.length, 2);
});

test("what was rendered, and that nobody has asked for yet, is forgotten in a reset", () => {
  const { kernel } = scene();
  kernel.hydrate([{ context: "room", params: { id: 9 }, bundle: { title: "of another", items: [] } }]);
  kernel.reset();
  assert.equal(kernel.entry(ROOM, { id: 9 }).slot("title").value, undefined);
});

test("what a server has rendered takes no place of what has come since, and only fills what is missing", async () => {
  const { kernel, entry, reads, title } = await shown();
  await settle(() => kernel.hydrate([{ context: "room", params: { id: 1 }, bundle: { title: "older", more: 1 } }]));
  assert.equal(title(), "old");
  assert.equal(entry.slot("more").value, 1);
  assert.deepEqual([entry.isStale, reads.length], [false, 1]);
});

test("what was rendered is old once an answer was lost", async () => {
  const { kernel, call } = scene();
  kernel.hydrate([{ context: "room", params: { id: 9 }, bundle: { title: "old", items: [] } }]);
  await settle(() => void kernel.call(SAVE, {}).catch(() => undefined));
  await call(0).fail(new TypeError("lost"));
  const entry = kernel.entry(ROOM, { id: 9 });
  assert.equal(entry.slot("title").value, "old");
  assert.equal(entry.isStale, true);
});

test("a parameter that was left out is the one that a merge says is null", async () => {
  const FILTERED = { name: "room", slots: { title: ["filter", "id"], items: ["filter", "id"] } };
  const { kernel, call } = scene();
  const [all, filtered] = [kernel.entry(FILTERED, { id: 9 }), kernel.entry(FILTERED, { id: 9, filter: "x" })];
  for (const entry of [all, filtered]) entry.hydrate({ bundle: { title: "old", items: [] } });
  await settle(() => void kernel.call(SAVE, {}));
  const params = { id: 9, filter: null };
  await call(0).answer({ result: null, merge: [{ context: "room", slot: "title", params, value: "new" }] });
  assert.deepEqual([all.slot("title").value, filtered.slot("title").value], ["new", "old"]);
  assert.deepEqual([all.isStale, filtered.isStale], [false, false]);
});

test("a number is the same however the server writes it", () => {
  const stale = (size: Json, news: object) => {
    const { kernel } = scene();
    const entry = kernel.entry(ROOM, { size });
    entry.hydrate({ bundle: { title: "x", items: [] }, scope: "room;size=5.0" });
    kernel.invalidate([{ context: "room", ...news }]);
    return entry.isStale;
  };
  assert.equal(stale(5, { texts: { size: "6" } }), false);
  assert.equal(stale(5, { params: { size: 6 } }), false);
  assert.equal(stale("5", { texts: { size: "5.00" } }), true);
  assert.equal(stale("5", { params: { size: 5 } }), true);
});

test("nothing is expected of what is not there", async () => {
  const { kernel, entry, read, title } = scene();
  await settle(() => entry.subscribe(() => undefined));
  const asked: unknown[] = [];
  const optimistic = {
    room: {
      title: (old: Json) => {
        asked.push(old);
        return "draft";
      },
    },
  };
  await settle(() => void kernel.call(SAVE, { id: 1 }, { optimistic }));
  assert.equal(title(), undefined);
  assert.deepEqual(asked, []);
  await read(0).answer({ title: "first", items: [] });
});
