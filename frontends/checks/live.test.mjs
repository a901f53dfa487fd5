/** The clients' live connection against a real server: FastAPI behind uvicorn, with the functions of tests/live. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { after, before } from "node:test";

import { Mizan } from "mizan-runtime";
import { channelOf, socketWith } from "mizan-runtime/socket";

const ROOT = join(import.meta.dirname, "../..");
/** Milliseconds that something may take to come: far longer than it does. */
const PATIENCE = 60_000;
const USER = { name: "user", slots: { user: ["user_id"] } };
const CHAT = { name: "chat" };

const folder = mkdtempSync(join(tmpdir(), "mizan-live-"));
const clients = [];
let server;
let url;

before(async () => {
  const python = process.env["MIZAN_TEST_PYTHON"] ?? join(ROOT, ".venv/bin/python");
  const args = ["-m", "uvicorn", "--factory", "tests.live.fastapi_app:make_app", "--port", "0", "--no-use-colors"];
  const env = { ...process.env, LIVE_DATABASE: join(folder, "live.sqlite3") };
  server = spawn(python, args, { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
  url = await new Promise((resolve, reject) => {
    const said = [];
    createInterface(server.stderr).on("line", (line) => {
      said.push(line);
      const found = /running on (http:\S+)/.exec(line);
      if (found !== null) resolve(`${found[1]}/api/mizan`);
    });
    server.once("exit", () => reject(new Error(said.join("\n"))));
  });
});

after(() => {
  for (const mizan of clients) mizan.close();
  server.removeAllListeners("exit");
  server.kill();
  rmSync(folder, { recursive: true });
});

/** A client, its requests over HTTP, and its sockets. */
function client() {
  const [requests, sockets] = [[], []];
  const fetch = (input, init) => {
    requests.push(`${init?.method ?? "GET"} ${input}`);
    return globalThis.fetch(input, init);
  };
  class Socket extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  }
  const live = socketWith({ WebSocket: Socket, delay: 10 });
  const mizan = new Mizan({ baseUrl: url, fetch, tabs: false, live });
  clients.push(mizan);
  return { mizan, requests, sockets };
}

async function until(condition) {
  const end = Date.now() + PATIENCE;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`It never came: ${condition}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A client that shows the user *user_id*, and is told when somebody changes it. */
async function showing(user_id) {
  const made = client();
  const entry = made.mizan.entry(USER, { user_id });
  let versions = 0;
  made.mizan.on((event) => {
    if (event.kind === "frame" && !event.isOut && "version" in event.frame) versions++;
  });
  entry.subscribe(() => undefined);
  await until(() => versions > 0 && !entry.isStale);
  return { ...made, entry, name: () => entry.slot("user").value };
}

test("what one page changes is shown on another, which has asked for nothing over HTTP", async () => {
  const [one, other] = [await showing(1), await showing(1)];
  const { length } = one.requests;
  await other.mizan.call({ name: "rename", affects: ["user"] }, { user_id: 1, name: "Ada Lovelace" });
  await until(() => one.name() === "Ada Lovelace" && other.name() === "Ada Lovelace");
  assert.equal(one.requests.length, length);
});

test("what has changed while there was no connection is shown when there is one again", async () => {
  const [one, other] = [await showing(1), await showing(1)];
  one.sockets.at(-1).close(3000);
  await until(() => one.mizan.live.id === null);
  await other.mizan.call({ name: "rename" }, { user_id: 1, name: "Countess of Lovelace" });
  await until(() => one.name() === "Countess of Lovelace");
  assert.equal(one.sockets.length, 2);
});

test("what nobody else has changed is not sent again", async () => {
  const one = await showing(2);
  const unchanged = [];
  one.mizan.on((event) => event.kind === "frame" && event.frame.unchanged === true && unchanged.push(event));
  one.sockets.at(-1).close(3000);
  await until(() => unchanged.length === 1);
  assert.equal(one.name(), "Bob");
});

test("a function that is there for the socket alone waits for one", async () => {
  const { mizan, requests } = client();
  const info = { name: "over_the_socket", websocket: true, socketOnly: true };
  assert.equal(await mizan.call(info, {}), "here");
  assert.deepEqual(requests, []);
});

test("errors are those of HTTP, with what has become stale all the same", async () => {
  const one = await showing(2);
  const call = one.mizan.call({ name: "rename_and_fail", websocket: true }, { user_id: 2, name: "Robert" });
  await assert.rejects(call, { name: "MizanError", code: "CONFLICT" });
  await until(() => one.name() === "Robert");
  await assert.rejects(one.mizan.call({ name: "rename", websocket: true }, { user_id: "x" }), (error) => {
    assert.equal(error.isValidationError(), true);
    assert.equal(error.getFieldErrors("user_id").length, 1);
    return true;
  });
});

test("what is said in a room reaches all who are there, also what they have missed", async () => {
  const [one, other] = [client(), client()];
  const [here, there] = [one, other].map(({ mizan }) => channelOf(mizan, CHAT, { room: "lounge" }));
  for (const chat of [here, there]) chat.hold(() => undefined);
  await until(() => here.status === "connected" && there.status === "connected");
  await there.send({ text: "one" });
  await until(() => here.messages.length === 1);
  one.sockets.at(-1).close(3000);
  await until(() => here.status === "disconnected");
  await there.send({ text: "two" });
  await until(() => here.messages.length === 2);
  assert.deepEqual(here.messages, [{ text: "one" }, { text: "two" }]);
  assert.equal(here.gaps, 0);
});

test("who is not let in learns why", async () => {
  const { mizan } = client();
  const lobby = channelOf(mizan, { name: "lobby" }, {});
  lobby.hold(() => undefined);
  await until(() => lobby.error !== null);
  assert.equal(lobby.error.isAuthError(), true);
  assert.equal(lobby.status, "disconnected");
});
