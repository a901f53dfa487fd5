/** What tests of pages are written with. */

import { closeWindow } from "mizan-fixture/dom";

import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import assert from "node:assert/strict";
import test, { after, afterEach } from "node:test";
import { globalContext, rename, userContext } from "mizan-fixture";
import type { ReactElement } from "react";

import { failure, MockServer, renderMizan } from "../src/testing.js";
import { useCurrentUser, useRename, useUserProfile } from "./shop.js";

afterEach(cleanup);
after(closeWindow);

function Page(): ReactElement {
  const user = useCurrentUser();
  const profile = useUserProfile({ user_id: 1 });
  const change = useRename();
  return (
    <button onClick={() => void change.safe({ user_id: 1, name: "Grace" })}>
      {user}: {profile.name} {change.error?.code}
    </button>
  );
}

test("a component is rendered with answers of the test, and calls make stale what they affect", async () => {
  let name = "Ada";
  const server = new MockServer()
    .context(globalContext, () => ({ current_user: "Bob" }))
    .context(userContext, ({ user_id }) => ({ user_orders: [], user_profile: { id: user_id, name } }))
    .function(rename, (args) => {
      name = args.name;
      return { id: args.user_id, name };
    });
  const { mizan } = renderMizan(<Page />, server);
  await act(() => mizan.idle());
  fireEvent.click(screen.getByText("Bob: Ada"));
  await act(() => mizan.idle());
  assert.ok(screen.getByText("Bob: Grace"));
  assert.deepEqual(server.calls, [{ name: "rename", given: { user_id: 1, name: "Grace" } }]);
  assert.deepEqual(server.reads.at(-1), { name: "user", given: { user_id: 1 } });
});

test("an answer may be an error, and what the test has not said is one", async () => {
  const server = new MockServer()
    .context(globalContext, () => ({ current_user: "Bob" }))
    .context(userContext, () => ({ user_orders: [], user_profile: { id: 1, name: "Ada" } }));
  const { mizan } = renderMizan(<Page />, server);
  await act(() => mizan.idle());
  fireEvent.click(screen.getByText("Bob: Ada"));
  await act(() => mizan.idle());
  assert.ok(screen.getByText("Bob: Ada NOT_FOUND"));
  server.function(rename, () => {
    throw failure("CONFLICT");
  });
  fireEvent.click(screen.getByText("Bob: Ada NOT_FOUND"));
  await act(() => mizan.idle());
  assert.ok(screen.getByText("Bob: Ada CONFLICT"));
});
