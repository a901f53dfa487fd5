/** Integers that no number of JavaScript is exactly. */

import assert from "node:assert/strict";
import test from "node:test";
import { runInNewContext } from "node:vm";

import { exactJson } from "../src/bigint.js";
import { check } from "../src/forms/check.js";
import { Mizan, type Json } from "../src/index.js";
import { dehydrate, hydrationScript } from "../src/server.js";

const LARGE = 9007199254740993n;
const USER = { name: "user", slots: { profile: ["id"] } };

test("an integer is a number as long as that is exact, and nothing else is touched", () => {
  const text = `{"a":[${LARGE},-${LARGE},9007199254740991,1,1.5],"b":"${LARGE}","c\\"12345678901234567":"\\\\\\"12345678901234567","d":12345678901234567.5,"e":1e30}`;
  assert.deepEqual(exactJson.parse(text), {
    a: [LARGE, -LARGE, 9007199254740991, 1, 1.5],
    b: String(LARGE),
    'c"12345678901234567': '\\"12345678901234567',
    d: 12345678901234567.5,
    e: 1e30,
  });
  assert.throws(() => exactJson.parse("[12345678901234567"), SyntaxError);
  const value = { id: LARGE, ids: [5n, 5], text: "12345678901234567" };
  assert.equal(exactJson.stringify(value), `{"id":${LARGE},"ids":[5,5],"text":"12345678901234567"}`);
});

test("what is asked for, sent, shown and rendered keeps them", async () => {
  const asked: string[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    asked.push(url + String(init.body ?? ""));
    if (url.includes("/ctx/")) return new Response(`{"profile":{"id":${LARGE}}}`);
    if (url.endsWith("/session/")) return Response.json({ csrfToken: null });
    return new Response(`{"result":${LARGE},"invalidate":[{"context":"user","params":{"id":${LARGE}}}]}`);
  };
  const mizan = new Mizan({ baseUrl: "/api", fetch, tabs: false, batch: false, json: exactJson });
  const entry = mizan.entry(USER, { id: LARGE });
  const other = mizan.entry(USER, { id: LARGE + 1n });
  for (const each of [entry, other]) each.subscribe(() => undefined);
  await mizan.idle();
  assert.deepEqual(entry.slot("profile").value as Json, { id: LARGE });
  assert.ok(asked[0]?.endsWith(`/ctx/user/?id=${LARGE}`));

  asked.length = 0;
  assert.equal(await mizan.call({ name: "save" }, { id: LARGE, small: 5n }), LARGE);
  await mizan.idle();
  assert.ok(asked.some((each) => each.includes(`"args":{"id":${LARGE},"small":5}`)));
  // The other entry is another one, which a number would not have told apart.
  assert.deepEqual(
    asked.filter((each) => each.includes("/ctx/")),
    [`/api/ctx/user/?id=${LARGE}`],
  );

  const page: { __MIZAN__?: Json[] } & { self?: object } = {};
  page.self = page;
  runInNewContext(hydrationScript(dehydrate(mizan)).replace(/<\/?script>/g, ""), page);
  assert.ok(
    JSON.stringify(page.__MIZAN__, (_, value) => (typeof value === "bigint" ? `${value}n` : value)).includes(
      `{"profile":{"id":"${LARGE}n"}}`,
    ),
  );
});

test("an entry asked for by a small bigint is that of the number", () => {
  const mizan = new Mizan({ tabs: false, json: exactJson });
  assert.equal(mizan.entry(USER, { id: 5n }), mizan.entry(USER, { id: 5 }));
});

test("a form's whole numbers may be large", () => {
  assert.equal(check({ name: "n", kind: { type: "integer" }, max: 5 }, LARGE), "max");
  assert.equal(check({ name: "n", kind: { type: "integer" } }, LARGE), null);
  assert.equal(check({ name: "n", kind: { type: "decimal" } }, LARGE), null);
});
