/** The live connection over a socket in memory. */

import assert from "node:assert/strict";
import test, { mock, type TestContext } from "node:test";

import { settled, Socket, type Frame } from "mizan-fixture/socket";

import { Mizan, MizanError, type Json, type MizanOptions } from "../src/index.js";
import { channelOf, socketWith, type Channel } from "../src/socket.js";

const USER = { name: "user", slots: { profile: ["id"], orders: ["id"] } };
const CHAT: Channel<{ room: string }, { text: string }, { text: string }> = { name: "chat" };

/** A client whose HTTP is answered by *answers*, by the end of the path. */
async function client(t: TestContext, options: MizanOptions = {}) {
  Socket.all = [];
  Socket.isRefusing = false;
  mock.timers.enable({ apis: ["setTimeout"] });
  const requests: { url: string; init: RequestInit }[] = [];
  let reads = 0;
  let answer: object = { result: null };
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    requests.push({ url, init });
    if (url.includes("/ctx/")) return Response.json({ profile: `http ${++reads}`, orders: [] });
    if (url.endsWith("/session/")) return Response.json({ csrfToken: "c" });
    if (String(init.body).includes("mwt_obtain")) return Response.json({ result: { token: "t", expires_in: 600 } });
    return Response.json(answer);
  };
  const mizan = new Mizan({
    baseUrl: "http://server/api",
    fetch,
    tabs: false,
    batch: false,
    live: socketWith({ WebSocket: Socket as never }),
    ...options,
  });
  t.after(() => {
    mizan.close();
    mock.timers.reset();
  });
  return { mizan, requests, respond: (body: object) => (answer = body), reads: () => reads };
}

function bundle(profile: string): object {
  return { profile, orders: [] };
}

/** A client that shows a user, watched with the id that this gives. */
async function watching(t: TestContext, options: MizanOptions = {}) {
  const made = await client(t, options);
  const entry = made.mizan.entry(USER, { id: 1 });
  const leave = entry.subscribe(() => undefined);
  await settled();
  await Socket.last.open();
  const { id } = Socket.last.take()[0] as { id: number };
  await Socket.last.tell({ id, ok: true, data: bundle("one"), version: "1", scope: "user;id=1" });
  return { ...made, entry, leave, id };
}

test("what is shown is read over HTTP first, then watched, and read again after a signal", async (t) => {
  const { mizan, reads } = await client(t);
  const entry = mizan.entry(USER, { id: 1 });
  entry.subscribe(() => undefined);
  await settled();
  assert.equal(entry.slot("profile").value, "http 1");
  const socket = Socket.last;
  assert.equal(socket.protocol, "mizan.v1");
  assert.match(socket.url.href, /^ws:\/\/server\/api\/ws\/\?socket=[\w-]{16,}$/);
  await socket.open();
  const [watch] = socket.take();
  assert.deepEqual(watch, { action: "watch", context: "user", params: { id: 1 }, id: watch?.["id"] });
  const id = watch?.["id"];
  await socket.tell({ id, ok: true, data: bundle("watched"), version: "v1", scope: "user;id=1" });
  assert.equal(entry.slot("profile").value, "watched");
  assert.equal(entry.isStale, false);

  await socket.tell({ action: "stale", ids: [id] });
  assert.deepEqual(socket.take(), [{ action: "watch", context: "user", params: { id: 1 }, version: "v1", id }]);
  await socket.tell({ id, ok: true, unchanged: true, version: "v1" });
  assert.equal(entry.slot("profile").value, "watched");
  assert.equal(entry.isStale, false);
  assert.equal(reads(), 1);
});

test("requests that change something name the socket, once it is open", async (t) => {
  const { mizan, requests } = await watching(t);
  await mizan.call({ name: "save" }, {});
  const sent = new Headers(requests.at(-1)?.init.headers).get("X-Mizan-Socket");
  assert.equal(sent, Socket.last.url.searchParams.get("socket"));
  await Socket.last.lose();
  await mizan.call({ name: "save" }, {});
  assert.equal(new Headers(requests.at(-1)?.init.headers).has("X-Mizan-Socket"), false);
});

test("each connection has a name of its own: what a lost one has called is to be told to the next", async (t) => {
  const { mizan, requests } = await watching(t);
  const lost = Socket.last.url.searchParams.get("socket");
  await Socket.last.lose();
  mock.timers.tick(501);
  await settled();
  await Socket.last.open();
  const name = Socket.last.url.searchParams.get("socket");
  assert.match(String(name), /^[\w-]{16,}$/);
  assert.notEqual(name, lost);
  await mizan.call({ name: "save" }, {});
  assert.equal(new Headers(requests.at(-1)?.init.headers).get("X-Mizan-Socket"), name);
});

test("after a loss it connects again, and reads with the version it knows", async (t) => {
  const { entry, id, reads } = await watching(t);
  await Socket.last.lose();
  assert.equal(Socket.all.length, 1);
  mock.timers.tick(501);
  await settled();
  assert.equal(Socket.all.length, 2);
  await Socket.last.open();
  assert.deepEqual(Socket.last.take(), [{ action: "watch", context: "user", params: { id: 1 }, version: "1", id }]);
  await Socket.last.tell({ id, ok: true, data: bundle("two"), version: "2" });
  assert.equal(entry.slot("profile").value, "two");
  assert.equal(reads(), 1);
});

test("a read whose connection is lost goes on over HTTP", async (t) => {
  const { entry, id, reads } = await watching(t);
  await Socket.last.tell({ action: "stale", ids: [id] });
  await Socket.last.lose();
  assert.equal(entry.slot("profile").value, "http 2");
  assert.equal(reads(), 2);
});

test("a watch that fails in passing is asked for again, as a read over HTTP is", async (t) => {
  t.mock.method(Math, "random", () => 0.5);
  const { entry, id, reads } = await watching(t);
  await Socket.last.tell({ action: "stale", ids: [id] });
  for (const [code, wait] of [
    ["RATE_LIMITED", 300],
    ["SERVICE_UNAVAILABLE", 600],
  ] as const) {
    assert.equal(Socket.last.take().length, 1);
    await Socket.last.tell({ id, ok: false, error: { code, message: "not now" } });
    assert.equal(entry.error, null);
    mock.timers.tick(wait - 1);
    await settled();
    assert.deepEqual(Socket.last.take(), [], `before ${wait} ms`);
    mock.timers.tick(1);
    await settled();
  }
  await Socket.last.tell({ id, ok: true, data: bundle("two"), version: "2" });
  assert.equal(entry.slot("profile").value, "two");
  assert.equal(entry.isStale, false);
  assert.equal(reads(), 1);
});

test("what cannot be read is tried again later, although nobody can tell that it is stale", async (t) => {
  const { entry, id } = await watching(t);
  await Socket.last.tell({ action: "stale", ids: [id] });
  const error = { code: "INTERNAL_ERROR", message: "The server failed to answer." };
  for (let attempt = 0; attempt < 3; attempt++) {
    assert.equal(Socket.last.take().length, 1);
    await Socket.last.tell({ id, ok: false, error });
    assert.ok(entry.error instanceof MizanError);
    assert.equal(entry.slot("profile").value, "one");
    mock.timers.tick(14_999);
    await settled();
    assert.deepEqual(Socket.last.take(), []);
    mock.timers.tick(15_001);
    await settled();
  }
  await Socket.last.tell({ id, ok: true, data: bundle("two"), version: "2" });
  assert.equal(entry.error, null);
  assert.equal(entry.slot("profile").value, "two");
  Socket.last.take();
  mock.timers.tick(60_000);
  await settled();
  assert.deepEqual(Socket.last.take(), []);
});

test("what cannot be read is tried again when the connection is", async (t) => {
  const { entry, id } = await watching(t);
  await Socket.last.tell({ action: "stale", ids: [id] });
  await Socket.last.tell({ id, ok: false, error: { code: "FORBIDDEN", message: "not yours" } });
  assert.ok(entry.error instanceof MizanError);
  await Socket.last.lose();
  mock.timers.tick(501);
  await settled();
  await Socket.last.open();
  assert.equal(Socket.last.take()[0]?.["action"], "watch");
});

test("a call over the socket that ends in a 5xx may have been done", async (t) => {
  const { mizan } = await watching(t);
  const failed = assert.rejects(mizan.call({ name: "save", websocket: true }, {}), { status: 503 });
  await settled();
  const [rpc] = Socket.last.take();
  await Socket.last.tell({ id: rpc?.["id"], ok: false, error: { code: "SERVICE_UNAVAILABLE", message: "no" } });
  await failed;
  await settled();
  assert.equal(Socket.last.take()[0]?.["action"], "watch");
});

test("a page whose origin is not secure connects, too", async (t) => {
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  t.after(() => Reflect.deleteProperty(crypto, "randomUUID"));
  await watching(t);
  assert.match(Socket.last.url.searchParams.get("socket") ?? "", /^[0-9a-f]{32}$/);
});

/** The next attempt is made *wait* ms from now, and no sooner. */
async function connectsAfter(wait: number): Promise<void> {
  const { length } = Socket.all;
  mock.timers.tick(wait - 1);
  await settled();
  assert.equal(Socket.all.length, length, `before ${wait} ms`);
  mock.timers.tick(1);
  await settled();
  assert.equal(Socket.all.length, length + 1, `after ${wait} ms`);
}

test("each attempt waits longer than the last, up to a bound", async (t) => {
  t.mock.method(Math, "random", () => 1);
  await watching(t);
  Socket.isRefusing = true;
  await Socket.last.lose();
  for (const wait of [500, 1000, 2000]) await connectsAfter(wait);
});

test("a socket that opens and is lost before anything was said has failed", async (t) => {
  t.mock.method(Math, "random", () => 1);
  await watching(t);
  await Socket.last.lose();
  for (const wait of [500, 1000, 2000]) {
    await connectsAfter(wait);
    await Socket.last.open();
    await Socket.last.lose();
  }
});

test("where sockets are refused signals come as a stream of events, until a socket is let through", async (t) => {
  const told: { write: (text: string) => void; watch: Json; signal: AbortSignal | null | undefined }[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    if (url.includes("/ctx/")) return Response.json({ profile: `http ${++reads}`, orders: [] });
    if (!url.endsWith("/live/")) return Response.json({ csrfToken: "c" });
    const stream = new TransformStream<Uint8Array, Uint8Array>();
    const writer = stream.writable.getWriter();
    const { watch } = JSON.parse(String(init.body)) as { watch: Json };
    told.push({ write: (text) => void writer.write(new TextEncoder().encode(text)), watch, signal: init.signal });
    return new Response(stream.readable, { headers: { "Content-Type": "text/event-stream" } });
  };
  let reads = 0;
  const { mizan } = await client(t, { fetch });
  Socket.isRefusing = true;
  const entry = mizan.entry(USER, { id: 1 });
  entry.subscribe(() => undefined);
  await settled();
  for (const wait of [500, 1000]) {
    mock.timers.tick(wait);
    await settled();
  }
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(
    told.map(({ watch }) => watch),
    [[{ id: 0, context: "user", params: { id: 1 } }]],
  );
  told[0]?.write('data: {"action":"watching","ids":[0]}\n\n:\n\ndata: {"action":"st');
  await settled();
  assert.equal(reads, 1);
  told[0]?.write('ale","ids":[0]}\n\n');
  await settled();
  assert.equal(entry.slot("profile").value, "http 2");

  // What is shown besides is told.
  mizan.entry(USER, { id: 2 }).subscribe(() => undefined);
  await settled();
  mock.timers.tick(200);
  await settled();
  assert.deepEqual((told[1]?.watch as Json[]).length, 2);

  Socket.isRefusing = false;
  mock.timers.tick(30_000);
  await settled();
  await Socket.last.open();
  assert.equal(mizan.live?.id === null, false);
  assert.deepEqual(
    told.map(({ signal }) => signal?.aborted),
    [true, true],
  );
});

test("what nobody looks at any longer is not watched", async (t) => {
  const { leave, id } = await watching(t);
  leave();
  mock.timers.tick(5001);
  await settled();
  assert.deepEqual(Socket.last.take(), [{ action: "unwatch", id }]);
});

test("what is shown while the socket is open is read over it alone", async (t) => {
  const { mizan, reads } = await watching(t);
  const entry = mizan.entry(USER, { id: 2 });
  void entry.load();
  await settled();
  entry.subscribe(() => undefined);
  await settled();
  const frames = Socket.last.take();
  assert.equal(frames.length, 1);
  await Socket.last.tell({ id: frames[0]?.["id"] as number, ok: true, data: bundle("two"), version: "2" });
  assert.equal(entry.slot("profile").value, "two");
  assert.deepEqual(Socket.last.take(), []);
  assert.equal(reads(), 1);
});

test("a merge is verified when a watch was read meanwhile: nobody knows which is newer", async (t) => {
  const { mizan, respond, entry, id } = await watching(t);
  await Socket.last.tell({ action: "stale", ids: [id] });
  respond({ result: null, merge: [{ context: "user", slot: "profile", params: { id: 1 }, value: "merged" }] });
  const called = mizan.call({ name: "save" }, {});
  // The watch has read what somebody has written after the call; of that no signal will come.
  Socket.last.take();
  await Socket.last.tell({ id, ok: true, data: bundle("newer"), version: "2" });
  await called;
  await settled();
  assert.deepEqual(
    Socket.last.take().map(({ action }) => action),
    ["watch"],
  );
  await Socket.last.tell({ id, ok: true, unchanged: true, version: "2" });
  assert.equal(entry.slot("profile").value, "newer");
});

test("a watch that has told is read again, though an answer has brought what is new", async (t) => {
  const { mizan, respond, id } = await watching(t);
  respond({
    result: null,
    refresh: [{ context: "user", params: { id: 1 }, bundle: bundle("brought"), scope: "user;id=1" }],
  });
  const called = mizan.call({ name: "save", affects: ["user"] }, {});
  Socket.last.onmessage?.({ data: JSON.stringify({ action: "stale", ids: [id] }) });
  await called;
  await settled();
  assert.equal(Socket.last.take().at(-1)?.["action"], "watch");
});

test("a function of the socket goes over it, with what its answer says", async (t) => {
  const { mizan, entry, requests } = await watching(t);
  const { length } = requests;
  const called = mizan.call({ name: "rename", websocket: true }, { name: "Grace" });
  await settled();
  const [rpc] = Socket.last.take();
  assert.deepEqual(rpc, { action: "rpc", fn: "rename", args: { name: "Grace" }, id: rpc?.["id"] });
  await Socket.last.tell({
    id: rpc?.["id"],
    ok: true,
    data: "done",
    merge: [{ context: "user", slot: "profile", params: { id: 1 }, value: "Grace" }],
  });
  assert.equal(await called, "done");
  assert.equal(entry.slot("profile").value, "Grace");
  assert.equal(requests.length, length);
});

test("a call that is refused over the socket has done nothing; of one whose answer is lost nobody knows", async (t) => {
  const { mizan, entry } = await watching(t);
  const optimistic = { user: { profile: () => "expected" } };
  const refused = mizan.call({ name: "rename", websocket: true }, {}, { optimistic });
  const seen = assert.rejects(refused, { name: "MizanError", code: "OUT_OF_STOCK", data: { left: 0 } });
  await settled();
  assert.equal(entry.slot("profile").value, "expected");
  const [rpc] = Socket.last.take();
  const error = { code: "OUT_OF_STOCK", message: "none left", data: { left: 0 } };
  await Socket.last.tell({ id: rpc?.["id"], ok: false, error });
  await seen;
  assert.equal(entry.slot("profile").value, "one");

  const lost = assert.rejects(mizan.call({ name: "rename", websocket: true }, {}), { code: "NETWORK" });
  await settled();
  await Socket.last.lose();
  await lost;
  assert.equal(entry.slot("profile").value, "http 2");
});

test("no more requests are under way than a server takes", async (t) => {
  const { mizan } = await watching(t);
  const calls = Array.from({ length: 30 }, (_, number) => mizan.call({ name: "add", websocket: true }, { number }));
  const answered: number[] = [];
  await settled();
  while (answered.length < 30) {
    const frames = Socket.last.take();
    assert.ok(frames.length > 0 && frames.length <= 12);
    for (const { id } of frames) {
      answered.push(id as number);
      await Socket.last.tell({ id, ok: true, data: null });
    }
  }
  await Promise.all(calls);
});

test("a token is said before anything else, and again before it expires", async (t) => {
  const { mizan, requests } = await client(t, { auth: "token" });
  mizan.entry(USER, { id: 1 }).subscribe(() => undefined);
  await settled();
  await Socket.last.open();
  assert.deepEqual(Socket.last.take(), [{ action: "auth", token: "t", id: 1 }]);
  await Socket.last.tell({ id: 1, ok: true, data: { expires_in: 600 } });
  assert.deepEqual(
    Socket.last.take().map(({ action }) => action),
    ["watch"],
  );
  const { length } = requests;
  mock.timers.tick(570_000);
  await settled();
  assert.match(String(requests[length]?.init.body), /mwt_obtain/);
  assert.equal(Socket.last.take()[0]?.["action"], "auth");
});

test("a session that has ended is a reset, and another connection", async (t) => {
  const { mizan, entry } = await watching(t);
  const events: string[] = [];
  mizan.on(({ kind }) => events.push(kind));
  await Socket.last.lose(4401);
  assert.ok(events.includes("reset"));
  assert.equal(Socket.all.length, 2);
  assert.equal(entry.slot("profile").value, "http 2");
});

test("another viewer connects anew, and knows nothing of the last one's versions", async (t) => {
  const { mizan } = await watching(t);
  const first = Socket.last;
  mizan.reset();
  await settled();
  assert.equal(first.closed, 1000);
  assert.notEqual(Socket.last, first);
  await Socket.last.open();
  assert.equal("version" in (Socket.last.take()[0] as Frame), false);
});

test("a ping is answered", async (t) => {
  await watching(t);
  await Socket.last.tell({ action: "ping", n: 7 });
  assert.deepEqual(Socket.last.take(), [{ action: "pong", n: 7 }]);
});

test("without a network nothing is connected", async (t) => {
  const { mizan } = await watching(t);
  mizan.emit({ kind: "online", isOnline: false });
  assert.equal(Socket.last.closed, 1000);
});

/** A client that has joined a room. */
async function joined(t: TestContext) {
  const { mizan } = await client(t);
  const chat = channelOf(mizan, CHAT, { room: "a" });
  const leave = chat.hold(() => undefined);
  await settled();
  await Socket.last.open();
  const [asked] = Socket.last.take();
  assert.deepEqual(asked, { action: "subscribe", channel: "chat", params: { room: "a" }, id: asked?.["id"] });
  const data = { channel: "chat", params: { room: "a" }, position: { epoch: "e", offset: 4 }, recovered: false };
  await Socket.last.tell({ id: asked?.["id"], ok: true, data });
  assert.equal(chat.status, "connected");
  const message = (offset: number, text: string) =>
    Socket.last.tell({ action: "message", channel: "chat", params: { room: "a" }, data: { text }, offset });
  return { mizan, chat, leave, message };
}

test("a channel's messages come once and in order", async (t) => {
  const { mizan, chat, message } = await joined(t);
  await message(5, "one");
  await message(5, "one");
  await message(6, "two");
  assert.deepEqual(chat.messages, [{ text: "one" }, { text: "two" }]);
  assert.equal(channelOf(mizan, CHAT, { room: "a" }), chat);
});

test("after a loss a channel is joined where it was left; what cannot be had again is counted", async (t) => {
  const { chat, message } = await joined(t);
  await message(5, "one");
  await Socket.last.lose();
  assert.equal(chat.status, "disconnected");
  await assert.rejects(chat.send({ text: "lost" }), { code: "OFFLINE" });
  mock.timers.tick(501);
  await settled();
  await Socket.last.open();
  assert.equal(chat.status, "connecting");
  const [asked] = Socket.last.take();
  assert.deepEqual(asked?.["since"], { epoch: "e", offset: 5 });
  const position = { epoch: "e", offset: 5 };
  await Socket.last.tell({ id: asked?.["id"], ok: true, data: { position, recovered: true } });
  assert.equal(chat.gaps, 0);
  await message(6, "two");
  assert.equal(chat.messages.length, 2);

  const params = { room: "a" };
  await Socket.last.tell({ action: "gap", channel: "chat", params, position: { epoch: "f", offset: 90 } });
  assert.equal(chat.gaps, 1);
  await message(91, "three");
  assert.equal(chat.messages.length, 3);
});

test("what is said while a channel is being joined waits; the receipt is the answer", async (t) => {
  const { mizan } = await client(t);
  const chat = channelOf(mizan, CHAT, { room: "a" });
  chat.hold(() => undefined);
  const sent = chat.send({ text: "early" });
  await settled();
  await Socket.last.open();
  const [asked] = Socket.last.take();
  await Socket.last.tell({
    id: asked?.["id"],
    ok: true,
    data: { position: { epoch: "e", offset: 0 }, recovered: false },
  });
  const [message] = Socket.last.take();
  assert.deepEqual(message, {
    action: "message",
    channel: "chat",
    params: { room: "a" },
    data: { text: "early" },
    id: message?.["id"],
  });
  await Socket.last.tell({ id: message?.["id"], ok: true, data: null });
  await sent;
});

test("a channel that refuses says why, and so does what was to be sent", async (t) => {
  const { chat } = await joined(t);
  const error = { code: "FORBIDDEN", message: "no longer" };
  await Socket.last.tell({ action: "dropped", channel: "chat", params: { room: "a" }, error });
  assert.equal(chat.status, "disconnected");
  assert.ok(chat.error instanceof MizanError && chat.error.isAuthError());
  await assert.rejects(chat.send({ text: "x" }), { code: "FORBIDDEN" });
});

test("a channel that cannot be joined for now is joined later; one that is refused is not", async (t) => {
  const { mizan } = await client(t);
  const chat = channelOf(mizan, CHAT, { room: "a" });
  chat.hold(() => undefined);
  await settled();
  await Socket.last.open();
  for (const [code, again] of [
    ["RATE_LIMITED", 1],
    ["INTERNAL_ERROR", 1],
    ["FORBIDDEN", 0],
  ] as const) {
    const [asked] = Socket.last.take();
    await Socket.last.tell({ id: asked?.["id"], ok: false, error: { code, message: "no" } });
    assert.ok(chat.error instanceof MizanError);
    mock.timers.tick(30_000);
    await settled();
    assert.equal(Socket.last.frames.length, again, code);
  }
});

test("who is there comes and goes", async (t) => {
  const { chat } = await joined(t);
  const [ada, grace] = [
    { id: "1", data: { name: "Ada" } },
    { id: "2", data: { name: "Grace" } },
  ];
  const told = (offset: number, presence: object) =>
    Socket.last.tell({ action: "message", channel: "chat", params: { room: "a" }, offset, presence });
  await told(5, { joined: [ada] });
  await told(6, { joined: [grace] });
  await told(7, { left: [ada] });
  assert.deepEqual(chat.present, [grace]);
  assert.deepEqual(chat.messages, []);
});

test("a channel is left when nobody holds it any longer, and not when it is held again at once", async (t) => {
  const { chat, leave } = await joined(t);
  leave();
  const leaveAgain = chat.hold(() => undefined);
  await settled();
  assert.deepEqual(Socket.last.take(), []);
  leaveAgain();
  await settled();
  assert.equal(Socket.last.take()[0]?.["action"], "unsubscribe");
});

test("a message longer than a frame is refused here", async (t) => {
  const { chat } = await joined(t);
  await assert.rejects(chat.send({ text: "ä".repeat(40_000) }), { code: "PAYLOAD_TOO_LARGE" });
  assert.deepEqual(Socket.last.take(), []);
});

test("what one viewer has heard in a channel, and meant to say there, is nothing of the next one's", async (t) => {
  const { mizan, chat, message } = await joined(t);
  const member = { id: "1", data: { name: "Ada" } };
  await message(5, "for Ada alone");
  await Socket.last.tell({
    action: "message",
    channel: "chat",
    params: { room: "a" },
    offset: 6,
    presence: { joined: [member] },
  });
  const unheard = channelOf(mizan, CHAT, { room: "b" });
  unheard.hold(() => undefined);
  const unsent = assert.rejects(unheard.send({ text: "from Ada" }), { code: "OFFLINE" });
  let changes = 0;
  chat.hold(() => changes++);
  mizan.reset();
  assert.deepEqual([chat.messages, chat.present, chat.status], [[], [], "connecting"]);
  assert.ok(changes > 0);
  await unsent;
  await settled();
  await Socket.last.open();
  assert.deepEqual(
    Socket.last.take().map(({ action, since }) => [action, since]),
    [
      ["subscribe", undefined],
      ["subscribe", undefined],
    ],
  );
  assert.equal(chat.gaps, 0);
});

test("a call that waits for a socket is not made by whoever asks then", async (t) => {
  const { mizan } = await client(t);
  const waiting = assert.rejects(mizan.call({ name: "buy", websocket: true, socketOnly: true }, {}), {
    code: "OFFLINE",
  });
  await settled();
  mizan.reset();
  await waiting;
  mizan.entry(USER, { id: 1 }).subscribe(() => undefined);
  mock.timers.tick(1000);
  await settled();
  await Socket.last.open();
  assert.deepEqual(
    Socket.last.take().map(({ action }) => action),
    ["watch"],
  );
});

test("what waits for a socket ends when the client is closed, and where there are no sockets", async (t) => {
  const SEND = { name: "send", websocket: true, socketOnly: true };
  const { mizan } = await client(t);
  const chat = channelOf(mizan, CHAT, { room: "a" });
  const waiting = [assert.rejects(mizan.call(SEND, {}), { code: "OFFLINE" })];
  await settled();
  waiting.push(assert.rejects(chat.send({ text: "hello" }), { code: "OFFLINE" }));
  mizan.close();
  await Promise.all(waiting);
  await assert.rejects(mizan.call(SEND, {}), { code: "OFFLINE" });
  await assert.rejects(channelOf(mizan, CHAT, { room: "b" }).send({ text: "hello" }), { code: "OFFLINE" });

  const rendering = new Mizan({ baseUrl: "http://server/api", live: socketWith({}) });
  await assert.rejects(rendering.call(SEND, {}), { code: "OFFLINE" });
  await assert.rejects(channelOf(rendering, CHAT, { room: "a" }).send({ text: "hello" }), { code: "OFFLINE" });
});

test("who only speaks in a channel joins it for that", async (t) => {
  const { mizan } = await client(t);
  const chat = channelOf(mizan, CHAT, { room: "a" });
  const sent = chat.send({ text: "hello" });
  await settled();
  await Socket.last.open();
  const answer = async (data: Json = null): Promise<unknown> => {
    const [asked] = Socket.last.take();
    await Socket.last.tell({ id: asked?.["id"], ok: true, data });
    return asked?.["action"];
  };
  assert.equal(await answer({ position: { epoch: "e", offset: 0 }, recovered: false }), "subscribe");
  assert.equal(await answer(), "message");
  await sent;
  assert.equal(await answer(), "unsubscribe");
});

test("a socket that may not be made is one that was refused", async (t) => {
  class Forbidden {
    constructor() {
      Socket.all.push(this as never);
      throw new DOMException("not from a page of https", "SecurityError");
    }
  }
  const { mizan } = await client(t, { live: socketWith({ WebSocket: Forbidden as never }) });
  mizan.entry(USER, { id: 1 }).subscribe(() => undefined);
  await settled();
  assert.equal(Socket.all.length, 1);
  mock.timers.tick(500);
  await settled();
  assert.equal(Socket.all.length, 2);
});

test("a stream of events is asked for by each viewer: the last one may not have been told of the same", async (t) => {
  const streams: (AbortSignal | null | undefined)[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    if (url.includes("/ctx/")) return Response.json({ profile: "", orders: [] });
    if (!url.endsWith("/live/")) return Response.json({ csrfToken: "c" });
    streams.push(init.signal);
    return new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } });
  };
  const { mizan } = await client(t, { fetch });
  Socket.isRefusing = true;
  mizan.entry(USER, { id: 1 }).subscribe(() => undefined);
  await settled();
  for (const wait of [500, 1000, 1]) {
    mock.timers.tick(wait);
    await settled();
  }
  assert.equal(streams.length, 1);
  mizan.reset();
  mock.timers.tick(200);
  await settled();
  assert.deepEqual(
    streams.map((signal) => signal?.aborted),
    [true, false],
  );
});

test("a call over the socket is ended by its signal; one that waits for a socket is not sent then", async (t) => {
  const { mizan, entry } = await watching(t);
  const called = new AbortController();
  const ended = assert.rejects(mizan.call({ name: "save", websocket: true }, {}, { signal: called.signal }), {
    name: "AbortError",
  });
  await settled();
  assert.equal(Socket.last.take()[0]?.["action"], "rpc");
  called.abort();
  await ended;
  await settled();
  // Nobody knows whether it was done.
  assert.equal(Socket.last.take()[0]?.["action"], "watch");
  assert.equal(entry.isFetching, true);

  await Socket.last.lose();
  const waits = new AbortController();
  const SAVE = { name: "save", websocket: true, socketOnly: true };
  const waiting = assert.rejects(mizan.call(SAVE, {}, { signal: waits.signal }), { name: "AbortError" });
  await settled();
  waits.abort();
  await waiting;
  mock.timers.tick(501);
  await settled();
  await Socket.last.open();
  assert.ok(Socket.last.take().every(({ action }) => action === "watch"));
});
