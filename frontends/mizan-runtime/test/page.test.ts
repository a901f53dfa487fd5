/** What a client makes of its page: another viewer, another interface, the network, out of sight. */

import assert from "node:assert/strict";
import test, { afterEach } from "node:test";

import { isRefusal } from "../src/answers.js";
import { Mizan, MizanError, type MizanEvent, type MizanOptions } from "../src/index.js";
import { dehydrate } from "../src/server.js";

const USER = { name: "user", slots: { profile: ["id"] } };

/** A page as far as a client looks at it. */
const window = new EventTarget();
const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
let isOnline = true;
for (const [name, value] of Object.entries({ window, document })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
Object.defineProperty(globalThis, "navigator", {
  value: {
    get onLine() {
      return isOnline;
    },
  },
  configurable: true,
});

const clients: Mizan[] = [];
afterEach(() => clients.splice(0).forEach((client) => client.close()));

/** A client that shows one entry, of a server with these headers. */
function started(options: MizanOptions = {}) {
  const server = { headers: {} as Record<string, string>, reads: 0, calls: [] as string[], isDown: false };
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    const { headers } = server;
    if (server.isDown) throw new TypeError("down");
    if (url.includes("/ctx/")) return new Response(JSON.stringify({ profile: ++server.reads }), { headers });
    if (url.endsWith("/session/")) return new Response('{"csrfToken":null}');
    init.signal?.throwIfAborted();
    server.calls.push((JSON.parse(init.body as string) as { fn: string }).fn);
    return new Response('{"result":1}', { headers });
  };
  const mizan = new Mizan({ baseUrl: "/api", fetch, tabs: false, retries: 0, ...options });
  clients.push(mizan);
  const events: MizanEvent[] = [];
  mizan.on((event) => events.push(event));
  const entry = mizan.entry(USER, { id: 1 });
  entry.subscribe(() => undefined);
  const kinds = (kind: MizanEvent["kind"]) => events.filter((event) => event.kind === kind);
  return { server, mizan, entry, events, kinds, value: () => entry.slot("profile").value };
}

function turn(online: boolean): void {
  isOnline = online;
  window.dispatchEvent(new Event(online ? "online" : "offline"));
}

async function rest(mizan: Mizan): Promise<void> {
  await mizan.calling();
  await new Promise((resolve) => setImmediate(resolve));
  await mizan.idle();
}

test("another viewer in an answer means that everything is forgotten and read anew, once", async () => {
  const { server, mizan, kinds, value } = started();
  server.headers = { "X-Mizan-Viewer": "a" };
  await rest(mizan);
  server.headers = { "X-Mizan-Viewer": "b" };
  await mizan.call({ name: "login" }, {});
  await rest(mizan);
  assert.equal(value(), 2);
  assert.equal(kinds("viewer").length, 1);
  assert.equal(server.reads, 2);
});

test("after a reset nobody is known to ask, so that the next viewer is no news", async () => {
  const { server, mizan, kinds, value } = started();
  server.headers = { "X-Mizan-Viewer": "a" };
  await rest(mizan);
  mizan.reset();
  server.headers = { "X-Mizan-Viewer": "b" };
  await rest(mizan);
  assert.equal(kinds("viewer").length, 0);
  assert.equal(value(), 2);
});

test("what was rendered for one viewer is not shown to another", async () => {
  const { server, mizan } = started();
  server.headers = { "X-Mizan-Viewer": "a" };
  await rest(mizan);
  const state = JSON.parse(JSON.stringify(dehydrate(mizan))) as ReturnType<typeof dehydrate>;
  const browser = started();
  browser.mizan.hydrate(state);
  assert.equal(browser.value(), 1);
  browser.server.headers = { "X-Mizan-Viewer": "b" };
  browser.server.reads = 10;
  await browser.mizan.call({ name: "any" }, {});
  await rest(browser.mizan);
  assert.equal(browser.value(), 11);
  assert.equal(browser.kinds("viewer").length, 1);
});

test("what was rendered is taken from the one who asks, and after a reset from nobody until it is known who asks", async () => {
  const { server, mizan } = started();
  const state = (viewer?: string) => [
    { context: "user", params: { id: 2 }, bundle: { profile: "rendered" }, ...(viewer && { viewer }) },
  ];
  const taken = () => mizan.entry(USER, { id: 2 }).slot("profile").isPresent;
  server.headers = { "X-Mizan-Viewer": "a" };
  await rest(mizan);
  mizan.hydrate(state("b"));
  assert.equal(taken(), false);
  mizan.reset();
  for (const viewer of [undefined, "a", "b"]) mizan.hydrate(state(viewer));
  assert.equal(taken(), false);
  server.headers = { "X-Mizan-Viewer": "b" };
  await rest(mizan);
  mizan.hydrate(state("a"));
  assert.equal(taken(), false);
  mizan.hydrate(state("b"));
  assert.equal(taken(), true);
});

test("the answer of who asked before says nothing of who asks now", async () => {
  let answer: (response: Response) => void = () => undefined;
  let reads = 0;
  const fetch = (): Promise<Response> => {
    if (++reads > 1) return Promise.resolve(new Response('{"profile":2}', { headers: { "X-Mizan-Viewer": "b" } }));
    return new Promise((resolve) => (answer = resolve));
  };
  const { mizan, kinds, value } = started({ fetch });
  await new Promise((resolve) => setImmediate(resolve));
  mizan.reset();
  await rest(mizan);
  answer(new Response('{"profile":1}', { headers: { "X-Mizan-Viewer": "a" } }));
  await rest(mizan);
  mizan.invalidate(["user"]);
  await rest(mizan);
  assert.equal(kinds("viewer").length, 0);
  assert.equal(value(), 2);
});

test("another interface than the client's is told once, and is no error", async () => {
  const { server, mizan, kinds, value } = started({ interface: "mine" });
  server.headers = { "X-Mizan-Interface": "mine" };
  await rest(mizan);
  assert.equal(kinds("interface").length, 0);
  server.headers = { "X-Mizan-Interface": "newer" };
  for (let read = 0; read < 2; read++) {
    mizan.invalidate(["user"]);
    await rest(mizan);
  }
  assert.deepEqual(kinds("interface"), [{ kind: "interface", server: "newer" }]);
  assert.equal(value(), 3);
});

test("without a network only what may be done twice waits for it, and what could not be read is tried again", async () => {
  const { server, mizan, entry, kinds } = started();
  await rest(mizan);
  turn(false);
  server.isDown = true;
  assert.equal(mizan.isOnline, false);
  entry.refetch();
  await rest(mizan);
  assert.ok(entry.error instanceof MizanError);
  await assert.rejects(
    mizan.call({ name: "order" }, {}),
    (error: MizanError) => error.code === "OFFLINE" && isRefusal(error),
  );
  const waiting = mizan.call({ name: "rename", idempotent: true }, {});
  server.isDown = false;
  turn(true);
  assert.equal(await waiting, 1);
  await rest(mizan);
  assert.deepEqual(server.calls, ["rename"]);
  assert.equal(entry.error, null);
  assert.deepEqual(kinds("online"), [
    { kind: "online", isOnline: false },
    { kind: "online", isOnline: true },
  ]);
});

test("what waits for the network does not wait for ever when its client is closed", async () => {
  const { server, mizan } = started();
  await rest(mizan);
  turn(false);
  server.isDown = true;
  const waiting = mizan.call({ name: "rename", idempotent: true }, {});
  mizan.close();
  await assert.rejects(waiting, { code: "NETWORK" });
  turn(true);
});

test("what waits for the network is ended by its signal, and not sent", async () => {
  const { server, mizan } = started();
  await rest(mizan);
  turn(false);
  const controller = new AbortController();
  const waiting = mizan.call({ name: "rename", idempotent: true }, {}, { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  turn(true);
  await rest(mizan);
  assert.deepEqual(server.calls, []);
});

test("a client that is closed lets go of its page, though what hears of it could never be loaded", async () => {
  let asked = 0;
  class Unloaded extends Mizan {
    override calling() {
      asked++;
      return Promise.reject(new MizanError({ code: "OFFLINE", message: "down" }));
    }
  }
  const [before, after] = [new Unloaded({ tabs: false }), new Unloaded({ tabs: false })];
  before.close();
  await new Promise((resolve) => setImmediate(resolve));
  after.close();
  turn(true);
  assert.equal(asked, 2);
});

test("what waits for the network is not sent as somebody else", async () => {
  const { server, mizan } = started();
  await rest(mizan);
  turn(false);
  const waiting = mizan.call({ name: "rename", idempotent: true }, {});
  mizan.reset();
  await assert.rejects(waiting, { code: "OFFLINE" });
  turn(true);
  await rest(mizan);
  assert.deepEqual(server.calls, []);
});

test("a page from the back/forward cache, or long out of sight, reads what it shows; one that was shortly away does not", async () => {
  const { server, mizan } = started({ staleAfter: 0 });
  const { server: patient, mizan: other } = started();
  await Promise.all([rest(mizan), rest(other)]);
  const see = (state: string) => {
    document.visibilityState = state;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  see("hidden");
  see("visible");
  await Promise.all([rest(mizan), rest(other)]);
  assert.deepEqual([server.reads, patient.reads], [2, 1]);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  await rest(other);
  assert.equal(patient.reads, 1);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await rest(other);
  assert.equal(patient.reads, 2);
});

test("a client that was closed hears nothing of the page", async () => {
  const { server, mizan } = started();
  await rest(mizan);
  mizan.close();
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await rest(mizan);
  assert.equal(server.reads, 1);
});
