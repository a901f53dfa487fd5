import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { rename, Server, userContext } from "mizan-fixture";
import { Mizan } from "mizan-runtime";

import { embedDevtools, Journal } from "../src/index.js";

after(closeWindow);

function started() {
  const server = new Server();
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, retries: 0, tabs: false });
  const entry = mizan.entry(userContext, { user_id: 1 });
  return { server, mizan, entry };
}

test("the journal says what happened and what it caused", async () => {
  const { server, mizan, entry } = started();
  const journal = new Journal(mizan, () => undefined);
  entry.subscribe(() => undefined);
  await mizan.idle();
  await mizan.call(rename, { user_id: 1, name: "Ada L." });
  await mizan.idle();
  server.failure = { status: 409, code: "CONFLICT" };
  await assert.rejects(mizan.call(rename, { user_id: 1, name: "x" }));
  mizan.invalidate([{ context: "user", function: "user_orders", params: { user_id: 2 } }]);
  mizan.reset();
  const told = journal.lines
    .map(({ text, effects }) => [text.replace(/ after \d+ ms/, ""), ...effects].join(" | "))
    .reverse();
  assert.deepEqual(told, [
    "read user(user_id: 1)",
    "user(user_id: 1) has been read",
    'call rename(user_id: 1, name: "Ada L.")',
    "answer of rename | stale: user(user_id: 1) | merged: user.user_profile(user_id: 1)",
    "read user(user_id: 1)",
    "user(user_id: 1) has been read",
    'call rename(user_id: 1, name: "x")',
    "failure of rename: MizanError: no",
    "told | stale: user.user_orders(user_id: 2)",
    "reset | everything was forgotten",
  ]);
  journal.close();
  mizan.invalidate(["user"]);
  assert.equal(journal.lines.length, 10);
});

test("the journal says what goes over the socket, and no token", () => {
  const { mizan } = started();
  const journal = new Journal(mizan, () => undefined);
  mizan.emit({ kind: "live", isOpen: true });
  mizan.emit({ kind: "frame", isOut: true, frame: { action: "auth", id: 1, token: "secret" } });
  mizan.emit({ kind: "frame", isOut: false, frame: { action: "stale", ids: [7] } });
  assert.deepEqual(
    journal.lines.map(({ text }) => text),
    ['← {"action":"stale","ids":[7]}', '→ {"action":"auth","id":1,"token":"…"}', "live: connected"],
  );
  journal.close();
});

test("the panel shows entries and slots as they are, and no markup of what they hold", async () => {
  const { server, mizan, entry } = started();
  server.names.set(1, "<img>");
  const hide = embedDevtools(mizan);
  const root = document.body.firstElementChild?.firstElementChild?.shadowRoot;
  const text = () => root?.querySelector("section")?.textContent ?? "";
  entry.subscribe(() => undefined);
  await mizan.idle();
  await drawn();
  assert.match(text(), /user\(user_id: 1\)user_ordersuser_profile/);
  const slots = [...(root?.querySelectorAll("span") ?? [])] as HTMLElement[];
  slots.find((slot) => slot.textContent === "user_profile")?.click();
  assert.match(text(), /"name": "<img>"/);
  assert.equal(root?.querySelector("img"), null);
  server.failure = { status: 500, code: "INTERNAL_ERROR" };
  mizan.invalidate(["user"]);
  await mizan.idle();
  await drawn();
  assert.match(text(), /user\(user_id: 1\)staleMizanError: no/);
  hide();
  assert.equal(document.body.childElementCount, 0);
});

async function drawn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}
