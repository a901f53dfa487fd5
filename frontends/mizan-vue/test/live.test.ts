/** Channels. */

import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { settled, Socket } from "mizan-fixture/socket";
import { Mizan } from "mizan-runtime";
import { createApp, defineComponent, h, nextTick, ref } from "vue";

import { createMizanPlugin } from "../src/index.js";
import { socketWith, useChannel, type Channel } from "../src/live.js";

const chat: Channel<{ readonly room: string }, { readonly text: string }, { readonly text: string }> = { name: "chat" };

after(closeWindow);

test("a room is joined, heard and left for another", async () => {
  Socket.all = [];
  const fetch = async (): Promise<Response> => Response.json({});
  const live = socketWith({ WebSocket: Socket as never });
  const mizan = new Mizan({ baseUrl: "http://server/api", fetch, tabs: false, live });
  const room = ref("a");
  const Room = defineComponent(() => {
    const state = useChannel(chat, () => ({ room: room.value }));
    return () => h("p", `${state.status}: ${state.messages.map(({ text }) => text).join(", ")}`);
  });
  const app = createApp(Room).use(createMizanPlugin({ client: mizan }));
  const place = document.createElement("div");
  app.mount(place);
  await settled();
  await Socket.last.open();
  const position = { epoch: "e", offset: 0 };
  await Socket.last.tell({ id: Socket.last.take()[0]?.["id"], ok: true, data: { position, recovered: false } });
  const params = { room: "a" };
  await Socket.last.tell({ action: "message", channel: "chat", params, data: { text: "one" }, offset: 1 });
  assert.equal(place.textContent, "connected: one");
  room.value = "b";
  await nextTick();
  await settled();
  assert.deepEqual(
    Socket.last
      .take()
      .map(({ action }) => action)
      .sort(),
    ["subscribe", "unsubscribe"],
  );
  assert.equal(place.textContent, "connecting: ");
  app.unmount();
  mizan.close();
});
