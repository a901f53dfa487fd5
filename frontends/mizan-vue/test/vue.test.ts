import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after, afterEach } from "node:test";
import { globalContext, ping, rename, Server, userContext, type Profile } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { dehydrate } from "mizan-runtime/server";
import { createApp, createSSRApp, defineComponent, h, nextTick, ref, Suspense, type App, type Component } from "vue";
import { renderToString } from "vue/server-renderer";

import { createMizanPlugin, useCall, useMizan, useSlot, useStatus, type Call, type SlotRef } from "../src/index.js";

const apps: App[] = [];
afterEach(() => apps.splice(0).forEach((app) => app.unmount()));
after(closeWindow);

// Here it comes from a disk, which no number of turns waits for.
await new Mizan({ tabs: false }).calling();

const useUserProfile = (id: () => number): SlotRef<Profile> =>
  useSlot(userContext, "user_profile", () => ({ user_id: id() }));

/** An application around *component*, with a server of its own. */
function mounted(component: Component, server = new Server()) {
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, retries: 0, tabs: false });
  const app = createApp(component).use(createMizanPlugin({ client: mizan }));
  const place = document.createElement("div");
  app.mount(place);
  apps.push(app);
  return { app, server, mizan, text: () => place.textContent };
}

/** Let what is under way come to rest. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  await nextTick();
}

const Name = defineComponent({
  props: { id: { type: Number, required: true } },
  setup(props) {
    const profile = useUserProfile(() => props.id);
    return () => `${profile.value?.name ?? "-"}${profile.error === null ? "" : "!"};`;
  },
});

test("components share one read of their context", async () => {
  const { server, text } = mounted(() => Array.from({ length: 50 }, () => h(Name, { id: 1 })));
  assert.equal(text(), "-;".repeat(50));
  await rest();
  assert.equal(text(), "Ada;".repeat(50));
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/user/?user_id=1"]);
});

test("a context without parameters needs none, and what is shown first comes with one request", async () => {
  const Current: Component = {
    setup() {
      const user = useSlot(globalContext, "current_user");
      return () => user.value;
    },
  };
  const { server, text } = mounted(() => [h(Current), h(Name, { id: 2 })]);
  await rest();
  assert.equal(text(), "AdaGrace;");
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/?global=&user=user_id%3D2"]);
});

test("parameters that change are read, and those that change back are there", async () => {
  const id = ref(1);
  const { server, text } = mounted(() => h(Name, { id: id.value }));
  await rest();
  id.value = 2;
  await rest();
  assert.equal(text(), "Grace;");
  id.value = 1;
  await nextTick();
  assert.equal(text(), "Ada;");
  await rest();
  assert.equal(server.requests.length, 2);
});

test("an invalidation reads what is shown, and nothing else; after unmounting nothing", async () => {
  const { app, server, mizan, text } = mounted(() => h(Name, { id: 1 }));
  await rest();
  server.names.set(1, "Ada L.");
  mizan.invalidate([{ context: "user", params: { user_id: 2 } }]);
  await rest();
  assert.equal(server.requests.length, 1);
  mizan.invalidate([{ context: "user", params: { user_id: 1 } }]);
  await rest();
  assert.equal(text(), "Ada L.;");
  app.unmount();
  apps.splice(0);
  mizan.invalidate(["user"]);
  await rest();
  assert.equal(server.requests.length, 2);
});

test("an error is told, and the next read that goes well takes it back", async () => {
  const server = new Server();
  server.failure = { status: 500, code: "INTERNAL_ERROR" };
  let refetch: () => void = () => undefined;
  const { text } = mounted(
    {
      setup() {
        const status = useStatus(userContext, { user_id: 1 });
        refetch = status.refetch;
        return () => [h(Name, { id: 1 }), `${status.isFetching} ${status.isStale} ${status.error !== null}`];
      },
    },
    server,
  );
  await rest();
  assert.equal(text(), "-!;false true true");
  server.failure = null;
  refetch();
  await rest();
  assert.equal(text(), "Ada;false false false");
});

test("a rename is shown before the answer, merged with it, and its state is reactive", async () => {
  let call: Call<{ readonly user_id: number; readonly name: string }, Profile> | null = null;
  const { server, text } = mounted({
    setup() {
      const renaming = useCall(rename, {
        optimistic: ({ name }) => ({ user: { user_profile: (profile) => ({ ...profile, name }) } }),
      });
      call = renaming;
      return () => [h(Name, { id: 1 }), `${renaming.isPending} ${renaming.data?.name} ${renaming.error?.code}`];
    },
  });
  await rest();
  server.hold();
  const answer = call!({ user_id: 1, name: "Ada L." });
  await nextTick();
  assert.equal(text(), "Ada L.;true undefined undefined");
  server.release();
  assert.equal((await answer).name, "Ada L.");
  await rest();
  assert.equal(text(), "Ada L.;false Ada L. undefined");
  server.failure = { status: 409, code: "CONFLICT" };
  server.hold();
  const refused = call!.safe({ user_id: 1, name: "draft" });
  await nextTick();
  assert.equal(text(), "draft;true Ada L. undefined");
  server.release();
  assert.equal((await refused).ok, false);
  await rest();
  assert.equal(text(), "Ada L.;false Ada L. CONFLICT");
});

test("a function without arguments is called without, and a component outside an application says what is missing", async () => {
  let result = "";
  mounted({
    setup() {
      const call = useCall(ping);
      void call().then((pong) => (result = pong));
      return () => null;
    },
  });
  await rest();
  assert.equal(result, "pong");
  assert.throws(() => useMizan(), /createMizanPlugin/);
});

test("a server renders what it has read, and the browser begins with it without a request", async () => {
  const server = new Server();
  const Page: Component = {
    setup: () => () => h(Suspense, () => h(Waiting)),
  };
  const Waiting: Component = {
    async setup() {
      const profile = useUserProfile(() => 1);
      await profile.ready;
      return () => h("b", profile.value?.name);
    },
  };
  const rendering = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const html = await renderToString(createSSRApp(Page).use(createMizanPlugin({ client: rendering })));
  assert.match(html, /<b>Ada<\/b>/);
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const place = document.createElement("div");
  place.innerHTML = html;
  const app = createSSRApp(Page).use(createMizanPlugin({ client: mizan, hydration: dehydrate(rendering) }));
  app.mount(place);
  apps.push(app);
  await rest();
  assert.match(place.innerHTML, /<b>Ada<\/b>/);
  assert.equal(server.requests.length, 1);
});
