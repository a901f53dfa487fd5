/** The calls of one component, and the client of a page. */

import assert from "node:assert/strict";
import test from "node:test";

import { callsOf, configureMizan, getMizan, MizanError, type CallState } from "../src/index.js";

/** Calls that the test answers, and what they have told. */
function scene() {
  const answers: { readonly resolve: (value: string) => void; readonly reject: (error: unknown) => void }[] = [];
  const states: CallState<string>[] = [];
  const calls = callsOf<{ id: number }, string>(
    () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
    (state) => states.push(state),
  );
  return { calls, answers, last: () => states.at(-1) };
}

const refusal = new MizanError({ code: "CONFLICT", message: "no", status: 409 });

test("of several calls the one that was made last counts, and all must have ended", async () => {
  const { calls, answers, last } = scene();
  const [first, second] = [calls.mutate({ id: 1 }), calls.mutate({ id: 2 })];
  answers[1]?.resolve("second");
  await second;
  assert.deepEqual(last(), { isPending: true, error: null, data: "second" });
  answers[0]?.resolve("first");
  await first;
  assert.deepEqual(last(), { isPending: false, error: null, data: "second" });
});

test("an error is kept until the next call, or until it is forgotten", async () => {
  const { calls, answers, last } = scene();
  const refused = calls.safe({ id: 1 });
  answers[0]?.reject(refusal);
  assert.deepEqual(await refused, { ok: false, error: refusal });
  assert.equal(last()?.error, refusal);
  const next = calls.mutate({ id: 2 });
  assert.deepEqual(last(), { isPending: true, error: null, data: undefined });
  calls.reset();
  answers[1]?.reject(refusal);
  await assert.rejects(next, refusal);
  assert.deepEqual(last(), { isPending: false, error: null, data: undefined });
});

test("a mistake of the program is thrown, not told as the server's error", async () => {
  const { calls, answers, last } = scene();
  const call = calls.safe({ id: 1 });
  answers[0]?.reject(new TypeError("a mistake"));
  await assert.rejects(call, TypeError);
  assert.deepEqual(last(), { isPending: false, error: null, data: undefined });
});

test("a page has one client, another one only with other options", () => {
  const first = configureMizan({ baseUrl: "/a", tabs: false });
  assert.equal(configureMizan({ tabs: false, baseUrl: "/a" }), first);
  assert.equal(getMizan(), first);
  const second = configureMizan({ baseUrl: "/b", tabs: false });
  assert.notEqual(second, first);
  assert.equal(getMizan(), second);
});
