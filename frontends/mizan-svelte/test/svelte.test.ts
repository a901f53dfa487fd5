import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after, afterEach } from "node:test";
import { Server, type Profile, type RenameArgs } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { flushSync, mount, unmount, type Component } from "svelte";

import type { Call, StatusState } from "../src/index.js";

// Compiled by compile.mjs.
const path: string = "./Page.svelte.js";
const { default: Page } = (await import(path)) as { readonly default: Component<object> };

/** What a page of Page.svelte lets a test do. */
interface Controls {
  rename: Call<RenameArgs, Profile>;
  ping: Call<Record<never, never>, string>;
  status: StatusState;
  show(ids: readonly number[]): void;
  showUser(): void;
  showStatus(): void;
}

const mounted: object[] = [];
afterEach(() => Promise.all(mounted.splice(0).map((component) => unmount(component))));
after(closeWindow);

// Here it comes from a disk, which no number of turns waits for.
await new Mizan({ tabs: false }).calling();

function started(server = new Server()) {
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, retries: 0, tabs: false });
  const page = {} as Controls;
  const target = document.createElement("div");
  mounted.push(mount(Page, { target, props: { client: mizan, page } }));
  flushSync();
  const text = () => {
    flushSync();
    return (target.textContent ?? "").replaceAll(/\s+/g, " ").trim();
  };
  return { server, mizan, page, text, names: () => text().split("|")[0]?.trim(), state: () => text().split("|")[1] };
}

/** Let what is under way come to rest. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("components share one read of their context", async () => {
  const { server, page, names } = started();
  page.show(Array(50).fill(1));
  assert.equal(names(), "-;".repeat(50));
  await rest();
  assert.equal(names(), "Ada;".repeat(50));
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/user/?user_id=1"]);
});

test("a context without parameters needs none, and what is shown together comes with one request", async () => {
  const { server, page, names } = started();
  await rest();
  page.show([2]);
  page.showUser();
  flushSync();
  await rest();
  assert.equal(names(), "Grace; Ada");
  assert.equal(server.requests.at(-1)?.replace(/.*\?/, "").split("&").sort().join("&"), "global=&user=user_id%3D2");
});

test("parameters that change are read, and those that change back are there", async () => {
  const { server, page, names } = started();
  await rest();
  page.show([2]);
  flushSync();
  await rest();
  assert.equal(names(), "Grace;");
  page.show([1]);
  assert.equal(names(), "Ada;");
  await rest();
  assert.equal(server.requests.length, 2);
});

test("an invalidation reads what is shown, and nothing else; after unmounting nothing", async () => {
  const { server, mizan, page, names } = started();
  await rest();
  server.names.set(1, "Ada L.");
  mizan.invalidate([{ context: "user", params: { user_id: 2 } }]);
  await rest();
  assert.equal(server.requests.length, 1);
  mizan.invalidate([{ context: "user", params: { user_id: 1 } }]);
  await rest();
  assert.equal(names(), "Ada L.;");
  page.show([]);
  flushSync();
  await rest();
  mizan.invalidate(["user"]);
  await rest();
  assert.equal(server.requests.length, 2);
});

test("an error is told, and the next read that goes well takes it back", async () => {
  const server = new Server();
  server.failure = { status: 500, code: "INTERNAL_ERROR" };
  const { page, names } = started(server);
  page.showStatus();
  await rest();
  assert.equal(names(), "?!; false true true");
  server.failure = null;
  page.status.refetch();
  await rest();
  assert.equal(names(), "Ada; false false false");
});

test("a rename is shown before the answer, merged with it, and its state is reactive", async () => {
  const { server, page, text } = started();
  await rest();
  server.hold();
  const answer = page.rename({ user_id: 1, name: "Ada L." });
  assert.equal(text(), "Ada L.; |true");
  server.release();
  assert.equal((await answer).name, "Ada L.");
  await rest();
  assert.equal(text(), "Ada L.; |false Ada L.");
  server.failure = { status: 409, code: "CONFLICT" };
  server.hold();
  const refused = page.rename.safe({ user_id: 1, name: "draft" });
  assert.equal(text(), "draft; |true Ada L.");
  server.release();
  assert.equal((await refused).ok, false);
  await rest();
  assert.equal(text(), "Ada L.; |false Ada L. CONFLICT");
});

test("a function without arguments is called without", async () => {
  const { page } = started();
  assert.equal(await page.ping(), "pong");
});
