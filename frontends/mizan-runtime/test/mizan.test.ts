import assert from "node:assert/strict";
import test from "node:test";

import { readHeader, isTextOf } from "../src/header.js";
import { Mizan } from "../src/index.js";
import { dehydrate, drain } from "../src/server.js";

const USER = { name: "user", slots: { profile: ["id"] } };

function serving(headers: { readonly [name: string]: string } = {}) {
  let reads = 0;
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const url = String(input);
    if (url.includes("/ctx/")) return new Response(JSON.stringify({ profile: ++reads }));
    if (url.endsWith("/session/")) return new Response('{"csrfToken":null}');
    return new Response('{"result":null,"invalidate":[{"context":"user","params":{"id":1}}]}', { headers });
  };
  return { fetch, reads: () => reads };
}

test("another window learns what a call has changed, and a reset", async () => {
  const { fetch } = serving();
  const options = { baseUrl: "/tabs", fetch, tabs: true };
  const [here, there] = [new Mizan(options), new Mizan(options)];
  try {
    const entry = there.entry(USER, { id: 1 });
    entry.subscribe(() => undefined);
    await there.idle();
    assert.equal(entry.slot("profile").value, 1);
    await here.call({ name: "save" }, {});
    await until(() => entry.slot("profile").value === 2);
    here.reset();
    await until(() => entry.slot("profile").value === 3);
  } finally {
    here.close();
    there.close();
  }
});

test("another window reads again when nobody knows what a call here has done", async () => {
  const { fetch } = serving();
  const failing: typeof globalThis.fetch = async (input) =>
    String(input).endsWith("/call/")
      ? Promise.reject(new TypeError("the connection was lost"))
      : fetch(input as string);
  const [here, there] = [failing, fetch].map((fetch) => new Mizan({ baseUrl: "/tabs", fetch, tabs: true }));
  try {
    const entry = there?.entry(USER, { id: 1 });
    entry?.subscribe(() => undefined);
    await there?.idle();
    const resets: string[] = [];
    there?.on(({ kind }) => kind === "reset" && resets.push(kind));
    await assert.rejects(here?.call({ name: "save" }, {}) ?? Promise.resolve(), { code: "NETWORK" });
    await until(() => entry?.slot("profile").value === 2);
    assert.deepEqual(resets, []);
  } finally {
    here?.close();
    there?.close();
  }
});

test("a call that a client has made before it was closed ends as the server has answered it", async () => {
  const { fetch } = serving();
  const closing: typeof globalThis.fetch = async (input) => {
    if (String(input).endsWith("/call/")) mizan.close();
    return fetch(input as string);
  };
  const mizan = new Mizan({ baseUrl: "/tabs", fetch: closing, tabs: true });
  assert.equal(await mizan.call({ name: "save" }, {}), null);
});

test("a page that may not speak to the other windows works alone", async (t) => {
  t.mock.method(globalThis, "BroadcastChannel", function () {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  const mizan = new Mizan({ baseUrl: "/tabs", fetch: serving().fetch, tabs: true });
  await mizan.call({ name: "save" }, {});
  mizan.close();
});

test("on a server the clients of two requests do not hear of one another", async () => {
  const { fetch } = serving();
  const [one, other] = [new Mizan({ fetch }), new Mizan({ fetch })];
  const listener = new BroadcastChannel("mizan /api/mizan");
  let heard = 0;
  listener.onmessage = () => heard++;
  const told = new BroadcastChannel("mizan /api/mizan");
  one.reset();
  other.invalidate(["user"]);
  told.postMessage("last");
  try {
    await until(() => heard > 0);
    assert.equal(heard, 1);
  } finally {
    for (const channel of [listener, told, one, other]) channel.close();
  }
});

test("a response that was fetched by hand invalidates by its header", async () => {
  const { fetch } = serving({ "X-Mizan-Invalidate": "user;id=1;tags=%5B%22a%22%5D, other" });
  const mizan = new Mizan({ baseUrl: "/api", fetch, tabs: false, batch: false });
  const [concerned, other] = [mizan.entry(USER, { id: 1 }), mizan.entry(USER, { id: 2 })];
  for (const entry of [concerned, other]) entry.subscribe(() => undefined);
  await mizan.idle();
  await mizan.fetch("/profile/1/");
  await mizan.idle();
  assert.equal(concerned.slot("profile").value, 3);
  assert.equal(other.slot("profile").value, 2);
});

test("a response that was fetched by hand says that somebody else is asking now", async () => {
  const { fetch, reads } = serving({ "X-Mizan-Invalidate": "*" });
  const mizan = new Mizan({ baseUrl: "/api", fetch, tabs: false });
  const resets: string[] = [];
  mizan.on(({ kind }) => kind === "reset" && resets.push(kind));
  const entry = mizan.entry(USER, { id: 1 });
  entry.subscribe(() => undefined);
  await mizan.idle();
  await mizan.fetch("/logout/");
  assert.deepEqual([resets.length, entry.slot("profile").value], [1, undefined]);
  await mizan.idle();
  assert.deepEqual([entry.slot("profile").value, reads()], [2, 2]);
});

test("when the answer to what was fetched by hand, and may change something, is lost, everything is read again", async () => {
  const { fetch, reads } = serving();
  const cut: typeof globalThis.fetch = async (input) =>
    String(input).endsWith("/import/")
      ? Promise.reject(new TypeError("the connection was lost"))
      : fetch(input as string);
  const mizan = new Mizan({ baseUrl: "http://shop/api", fetch: cut, tabs: false });
  mizan.entry(USER, { id: 1 }).subscribe(() => undefined);
  await mizan.idle();
  for (const [url, method, expected] of [
    ["http://shop/import/", "GET", 1],
    ["http://elsewhere/import/", "POST", 1],
    ["http://shop/import/", "POST", 2],
  ] as const) {
    await assert.rejects(mizan.fetch(url, { method }), TypeError);
    await mizan.idle();
    assert.equal(reads(), expected, `${method} ${url}`);
  }
});

test("what another server says of who asks is nothing to this one", async () => {
  const { fetch } = serving();
  const both: typeof globalThis.fetch = async (input) => {
    const answer = await fetch(input as string);
    const viewer = String(input).startsWith("http://shop/") ? "ada" : "of elsewhere";
    return new Response(answer.body, { headers: { "X-Mizan-Viewer": viewer } });
  };
  const mizan = new Mizan({ baseUrl: "http://shop/api", fetch: both, tabs: false });
  await mizan.read(USER, { id: 1 });
  await mizan.fetch("http://elsewhere/api/thing/");
  assert.deepEqual([mizan.viewer, mizan.epoch], ["ada", 0]);
});

test("what is known goes to another client, which begins with it", async () => {
  const { fetch, reads } = serving();
  const server = new Mizan({ baseUrl: "/api", fetch, tabs: false });
  await server.entry(USER, { id: 1 }).load();
  const state = dehydrate(server);
  const browser = new Mizan({ baseUrl: "/api", fetch, tabs: false });
  browser.hydrate(state);
  browser.entry(USER, { id: 1 }).subscribe(() => undefined);
  await browser.idle();
  assert.equal(browser.entry(USER, { id: 1 }).slot("profile").value, 1);
  assert.equal(reads(), 1);
});

test("what is drained is what has become known since the last time", async () => {
  const mizan = new Mizan({ baseUrl: "/api", fetch: serving().fetch, tabs: false });
  const drained = () => drain(mizan).map(({ params }) => params);
  await mizan.entry(USER, { id: 1 }).load();
  assert.deepEqual(drained(), [{ id: 1 }]);
  assert.deepEqual(drained(), []);
  const read = mizan.entry(USER, { id: 2 }).load();
  assert.deepEqual(drained(), []);
  await read;
  assert.deepEqual(drained(), [{ id: 2 }]);
});

test("a header's items", () => {
  assert.deepEqual(readHeader("user;id=5;name=a%3Bb%2C%20c, shop"), [
    { context: "user", texts: { id: "5", name: "a;b, c" } },
    { context: "shop", texts: {} },
  ]);
  assert.deepEqual(readHeader(""), []);
  assert.ok(isTextOf("5.0", 5) && isTextOf("true", true) && isTextOf("null", null) && isTextOf('["1","b"]', [1, "b"]));
  assert.ok(!isTextOf("5", "6") && !isTextOf("6", 5));
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
