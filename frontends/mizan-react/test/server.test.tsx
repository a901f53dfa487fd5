import { closeWindow } from "mizan-fixture/dom";

import { act, render } from "@testing-library/react";
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import test, { after } from "node:test";
import { Server, globalContext, userContext } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { dehydrate } from "mizan-runtime/server";
import { StrictMode, Suspense } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToPipeableStream } from "react-dom/server";

import { MizanHydration } from "../src/index.js";
import { getMizanHydration, hydrationScript, hydrationStream, mizanForRequest } from "../src/server.js";
import { MizanContext, UserContext, useCurrentUser, useUserOrders, useUserProfile } from "./shop.js";

after(closeWindow);

function Page() {
  return (
    <Suspense fallback="loading">
      <UserContext user_id={1}>
        <Name />
      </UserContext>
    </Suspense>
  );
}

function Name() {
  return (
    <b>
      {useUserProfile().name} {useUserOrders()[0]}
    </b>
  );
}

function rendered(mizan: Mizan): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = "";
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        html += chunk.toString();
        done();
      },
      final(done) {
        resolve(html);
        done();
      },
    });
    const stream = renderToPipeableStream(
      <MizanContext client={mizan}>
        <Page />
      </MizanContext>,
      {
        onAllReady: () => stream.pipe(sink),
        onError: reject,
      },
    );
  });
}

async function served() {
  const server = new Server();
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const html = await rendered(mizan);
  return { server, html, state: JSON.parse(JSON.stringify(dehydrate(mizan))) as never };
}

async function hydrated(html: string, mizan: Mizan, before: () => void = () => undefined) {
  const errors: unknown[] = [];
  const container = document.createElement("div");
  container.innerHTML = html;
  before();
  await act(async () => {
    hydrateRoot(
      container,
      <MizanContext client={mizan}>
        <Page />
      </MizanContext>,
      {
        onRecoverableError: (error) => errors.push(error),
      },
    );
  });
  for (let turn = 0; turn < 10; turn++) await act(() => new Promise((resolve) => setImmediate(resolve)));
  return { container, errors };
}

test("a server renders what it reads, and the browser begins with it without a request", async () => {
  const { server, html, state } = await served();
  assert.match(html, /Ada.*order of Ada/);
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/user/?user_id=1"]);
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  mizan.hydrate(state);
  const { container, errors } = await hydrated(html, mizan);
  assert.match(container.textContent ?? "", /Ada order of Ada/);
  assert.deepEqual(errors, []);
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/user/?user_id=1"]);
});

test("what was invalidated before its content is hydrated is read anew, without a hydration error", async () => {
  const { server, html, state } = await served();
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  server.names.set(1, "Ada L.");
  mizan.invalidate([{ context: "user", params: { user_id: 1 } }]);
  mizan.hydrate(state);
  const { container, errors } = await hydrated(html, mizan);
  assert.match(container.textContent ?? "", /Ada L\. order of Ada L\./);
  assert.deepEqual(errors, []);
  assert.equal(server.requests.length, 2);
});

test("nothing is something that a server has rendered", async () => {
  const state = [{ context: "global", params: {}, bundle: { current_user: null } }];
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: new Server().fetch, tabs: false });
  mizan.hydrate(state);
  // Somebody has logged in before this part of the page is hydrated.
  await mizan.read(globalContext, {});
  const container = document.createElement("div");
  container.innerHTML = "<b>nobody</b>";
  const errors: unknown[] = [];
  const Who = () => <b>{useCurrentUser() ?? "nobody"}</b>;
  await act(async () => {
    hydrateRoot(
      container,
      <MizanContext client={mizan}>
        <Who />
      </MizanContext>,
      { onRecoverableError: (error) => errors.push(error) },
    );
  });
  assert.deepEqual([container.textContent, errors], ["Ada", []]);
});

test("what a visitor has sent goes to no other server", async () => {
  const sent: (readonly [url: string, cookie: string | null])[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    sent.push([String(input), new Headers(init?.headers).get("cookie")]);
    return new Response("{}");
  };
  const mizan = mizanForRequest({ cookie: "sessionid=a" }, { baseUrl: "http://shop/api/mizan", fetch });
  for (const url of ["http://shop/export/", "http://rates.example/today"]) await mizan.fetch(url);
  assert.deepEqual(sent, [
    ["http://shop/export/", "sessionid=a"],
    ["http://rates.example/today", null],
  ]);
});

test("contexts are read for a page before it is rendered", async () => {
  const server = new Server();
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const state = await getMizanHydration(mizan, [[userContext, { user_id: 1 }]]);
  assert.deepEqual(
    state.map(({ context, params }) => [context, params]),
    [["user", { user_id: 1 }]],
  );
});

test("a client of one request asks as who has made it, by whichever object has its headers", async () => {
  const sent: Headers[] = [];
  const fetch = async (_: string | URL | Request, init?: RequestInit): Promise<Response> => {
    sent.push(new Headers(init?.headers));
    return new Response('{"current_user":"Ada"}');
  };
  const given = { cookie: "sessionid=a", "accept-language": "de", host: "pages", "x-mizan-viewer": "b" };
  for (const headers of [given, new Headers(given), {}]) {
    const mizan = mizanForRequest(headers, { baseUrl: "http://shop/api/mizan", fetch });
    await getMizanHydration(mizan, [[globalContext]]);
  }
  const passed = { "accept-language": "de", cookie: "sessionid=a" };
  assert.deepEqual(
    sent.map((headers) => Object.fromEntries(headers)),
    [passed, passed, {}],
  );
});

test("a route's own state is there before its components are, without a request", async () => {
  const server = new Server();
  const reading = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const state = await getMizanHydration(reading, [[userContext, { user_id: 1 }]]);
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const route = (
    <StrictMode>
      <MizanContext client={mizan}>
        <MizanHydration state={state}>
          <Page />
        </MizanHydration>
      </MizanContext>
    </StrictMode>
  );
  const { container } = render(route);
  await act(() => new Promise((resolve) => setImmediate(resolve)));
  assert.match(container.textContent ?? "", /Ada order of Ada/);
  assert.equal(server.requests.length, 1);
});

test("a state in a script ends no script, and gives no attribute", () => {
  const state = [{ context: "user", params: {}, bundle: { a: "</script><!--\u2028" } }];
  const html = hydrationScript(state, '"><b');
  assert.equal(html.match(/<\/script/g)?.length, 1);
  assert.ok(html.startsWith('<script nonce="&quot;><b">'));
  const page: { __MIZAN__?: unknown[] } = {};
  new Function("self", html.replace(/<[^>]*>+<?b?"?>?/, "").replace("</script>", "")).call(null, page);
  assert.deepEqual(page.__MIZAN__, [state]);
});

test("a streamed page brings what each part was rendered from, and the browser begins with it", async () => {
  const server = new Server();
  const mizan = new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, tabs: false });
  const html = await streamed(mizan);
  assert.match(html, /Ada.*order of Ada/s);
  const script = /<script>(\(self\.__MIZAN__.*?)<\/script>/s.exec(html)?.[1];
  assert.ok(script !== undefined);
  const page: { __MIZAN__?: unknown[] } = {};
  new Function("self", script).call(null, page);
  assert.equal(JSON.stringify(page.__MIZAN__).includes("order of Ada"), true);
});

function streamed(mizan: Mizan): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = "";
    const through = hydrationStream(mizan);
    through.on("data", (chunk: Buffer) => (html += chunk.toString()));
    through.on("end", () => resolve(html));
    const stream = renderToPipeableStream(
      <MizanContext client={mizan}>
        <Page />
      </MizanContext>,
      { onShellReady: () => stream.pipe(through), onError: reject },
    );
  });
}
