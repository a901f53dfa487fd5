/** The server in memory, over HTTP. */

import assert from "node:assert/strict";
import test from "node:test";

import { Mizan, type Context, type ServerFunction } from "../src/index.js";
import { failure, MockServer } from "../src/testing.js";

type Params = { readonly id: number; readonly code?: string; readonly tags?: readonly string[] };
const USER: Context<Params, { readonly asked: Params }> = { name: "user", slots: { asked: ["code", "id", "tags"] } };
const GLOBAL: Context<Record<never, never>, { readonly me: string }> = { name: "global", slots: { me: [] } };
const SAVE: ServerFunction<{ readonly name: string }, string> = { name: "save", affects: ["user"] };

test("requests are answered as a test says, and what looks like a number may be a text", async () => {
  const server = new MockServer({ user: ["code"] })
    .context(USER, (params) => ({ asked: params }))
    .context(GLOBAL, () => ({ me: "Ada" }))
    .function(SAVE, ({ name }) => {
      if (name === "") throw failure("OUT_OF_STOCK", "none left", 409, { left: 0 });
      return name;
    });
  const fetch = (input: string | URL | Request, init?: RequestInit) =>
    server.respond(new Request(new URL(String(input), "http://server"), init));
  const mizan = new Mizan({ fetch, tabs: false });
  const params: Params = { id: 5, code: "007", tags: ["a", "b"] };
  const [user, me] = [mizan.entry(USER, params), mizan.entry(GLOBAL)];
  for (const entry of [user, me]) entry.subscribe(() => undefined);
  await mizan.idle();
  assert.deepEqual(user.content(), { asked: params });
  assert.deepEqual(me.content(), { me: "Ada" });

  const { length } = server.reads;
  assert.equal(await mizan.call(SAVE, { name: "Grace" }), "Grace");
  await mizan.idle();
  assert.deepEqual(server.calls, [{ name: "save", given: { name: "Grace" } }]);
  assert.deepEqual(
    server.reads.slice(length).map(({ name }) => name),
    ["user"],
  );
  await assert.rejects(mizan.call(SAVE, { name: "" }), { code: "OUT_OF_STOCK", status: 409, data: { left: 0 } });
  await assert.rejects(mizan.call({ name: "other" }, {}), { code: "NOT_FOUND" });
});
