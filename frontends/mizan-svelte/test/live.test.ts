/** Channels. */

import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { settled, Socket } from "mizan-fixture/socket";
import { Mizan } from "mizan-runtime";
import { flushSync, mount, unmount, type Component } from "svelte";

import { socketWith } from "../src/live.js";

// Compiled by compile.mjs.
const path: string = "./Room.svelte.js";
const { default: Room } = (await import(path)) as { readonly default: Component<object> };

after(closeWindow);

test("a room is joined, heard and left for another", async () => {
  Socket.all = [];
  const fetch = async (): Promise<Response> => Response.json({});
  const live = socketWith({ WebSocket: Socket as never });
  const mizan = new Mizan({ baseUrl: "http://server/api", fetch, tabs: false, live });
  const page = {} as { enter(room: string): void };
  const target = document.createElement("div");
  const mounted = mount(Room, { target, props: { client: mizan, page } });
  const text = (): string => {
    flushSync();
    return (target.textContent ?? "").replaceAll(/\s+/g, " ").trim();
  };
  assert.equal(text(), "connecting:");
  await settled();
  await Socket.last.open();
  const position = { epoch: "e", offset: 0 };
  await Socket.last.tell({ id: Socket.last.take()[0]?.["id"], ok: true, data: { position, recovered: false } });
  const params = { room: "a" };
  await Socket.last.tell({ action: "message", channel: "chat", params, data: { text: "one" }, offset: 1 });
  assert.equal(text(), "connected: one");
  page.enter("b");
  assert.equal(text(), "connecting:");
  await settled();
  assert.deepEqual(
    Socket.last
      .take()
      .map(({ action }) => action)
      .sort(),
    ["subscribe", "unsubscribe"],
  );
  await unmount(mounted);
  mizan.close();
});
