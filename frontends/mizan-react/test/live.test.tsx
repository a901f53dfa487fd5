/** Channels as hooks. */

import { closeWindow } from "mizan-fixture/dom";
import { settled, Socket } from "mizan-fixture/socket";

import assert from "node:assert/strict";
import test, { after } from "node:test";

import { act, cleanup, render, screen } from "@testing-library/react";
import { Mizan } from "mizan-runtime";
import { StrictMode, type ReactElement } from "react";

import { MizanContext } from "../src/index.js";
import { socketWith, useChannel, type Channel } from "../src/live.js";

const chat: Channel<{ readonly room: string }, { readonly text: string }, { readonly text: string }> = { name: "chat" };

after(closeWindow);

function Room({ room }: { readonly room: string }): ReactElement {
  const { status, messages, send } = useChannel(chat, { room });
  return (
    <p onClick={() => void send({ text: "hello" })}>
      {room} {status}: {messages.map(({ text }) => text).join(", ")}
    </p>
  );
}

test("a room is joined once by all who show it, heard, spoken in, and left for another", async () => {
  Socket.all = [];
  const fetch = async (): Promise<Response> => Response.json({});
  const mizan = new Mizan({
    baseUrl: "http://server/api",
    fetch,
    tabs: false,
    live: socketWith({ WebSocket: Socket as never }),
  });
  const page = (room: string): ReactElement => (
    <StrictMode>
      <MizanContext client={mizan}>
        <Room room={room} />
      </MizanContext>
    </StrictMode>
  );
  const { rerender } = render(page("a"));
  try {
    await act(settled);
    await act(() => Socket.last.open());
    const join = async (): Promise<void> => {
      const asked = Socket.last.take().filter(({ action }) => action === "subscribe");
      assert.equal(asked.length, 1);
      const position = { epoch: "e", offset: 0 };
      await act(() => Socket.last.tell({ id: asked[0]?.["id"], ok: true, data: { position, recovered: false } }));
    };
    assert.ok(screen.getByText("a connecting:"));
    await join();
    const params = { room: "a" };
    await act(() => Socket.last.tell({ action: "message", channel: "chat", params, data: { text: "one" }, offset: 1 }));
    screen.getByText("a connected: one").click();
    await act(settled);
    const [said] = Socket.last.take();
    assert.deepEqual(said?.["data"], { text: "hello" });
    await act(() => Socket.last.tell({ id: said?.["id"], ok: true, data: null }));

    rerender(page("b"));
    await act(settled);
    assert.ok(screen.getByText("b connecting:"));
    assert.equal(
      Socket.last.frames.some(
        ({ action, params }) => action === "unsubscribe" && JSON.stringify(params) === '{"room":"a"}',
      ),
      true,
    );
    await join();
    assert.ok(screen.getByText("b connected:"));
    await act(() => Socket.last.lose());
    assert.ok(screen.getByText("b disconnected:"));
  } finally {
    cleanup();
    mizan.close();
  }
});
