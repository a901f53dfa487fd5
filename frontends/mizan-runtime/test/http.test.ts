import assert from "node:assert/strict";
import test from "node:test";

import { HttpTransport, queryOf } from "../src/http.js";
import { MizanError } from "../src/index.js";

interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: unknown;
}

type Reply = { readonly status?: number; readonly body?: unknown } | Error;

/** A server that answers as *answer* says, and what it was asked. */
function serving(answer: (request: Request, count: number) => Reply) {
  const requests: Request[] = [];
  const fetch = async (input: string | URL | globalThis.Request, init: RequestInit = {}): Promise<Response> => {
    const request = {
      url: String(input),
      method: init.method ?? "GET",
      headers: init.headers as { readonly [name: string]: string },
      body: init.body === undefined ? null : (JSON.parse(init.body as string) as unknown),
    };
    requests.push(request);
    await Promise.resolve();
    init.signal?.throwIfAborted();
    const reply = answer(request, requests.length);
    if (reply instanceof Error) throw reply;
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {});
    return new Response(text, { status: reply.status ?? 200 });
  };
  return { fetch, requests };
}

const error = (status: number, code: string, more: object = {}): Reply => ({
  status,
  body: { error: { code, message: "no" }, ...more },
});

test("parameters become a query as the server reads it", () => {
  assert.equal(queryOf({}), "");
  assert.equal(
    queryOf({ a: "x y", n: 5, t: true, none: null, list: [1, "b"], map: { k: 1 } }),
    "a=x+y&n=5&t=true&list=1&list=b&map=%7B%22k%22%3A1%7D",
  );
});

test("a call carries the CSRF token, which is fetched once for all who wait", async () => {
  const { fetch, requests } = serving(({ url }) =>
    url.endsWith("/session/") ? { body: { csrfToken: "c" } } : { body: { result: 1 } },
  );
  const http = new HttpTransport({ baseUrl: "/api/mizan/", fetch });
  await Promise.all([http.call({ name: "a" }, {}), http.call({ name: "b" }, { x: 1 })]);
  assert.deepEqual(
    requests.map(({ url, body }) => [url, body]),
    [
      ["/api/mizan/session/", null],
      ["/api/mizan/call/", { fn: "a", args: {} }],
      ["/api/mizan/call/", { fn: "b", args: { x: 1 } }],
    ],
  );
  assert.equal(requests[1]?.headers["X-CSRFToken"], "c");
});

test("a failed CSRF fetch is not remembered", async () => {
  const { fetch } = serving(({ url }, count) => {
    if (!url.endsWith("/session/")) return { body: { result: 1 } };
    return count === 1 ? new TypeError("down") : { body: { csrfToken: "c" } };
  });
  const http = new HttpTransport({ baseUrl: "", fetch });
  await assert.rejects(http.call({ name: "a" }, {}), { code: "NETWORK" });
  assert.deepEqual(await http.call({ name: "a" }, {}), { result: 1 });
});

test("five reads that are refused renew the token once", async () => {
  let minted = 0;
  const { fetch, requests } = serving(({ url, body, headers }) => {
    if (url.endsWith("/session/")) return { body: { csrfToken: "c" } };
    if ((body as { fn?: string } | null)?.fn === "mwt_obtain")
      return { body: { result: { token: `t${++minted}`, expires_in: 300 } } };
    return headers["X-Mizan-Token"] === "t1" ? error(401, "UNAUTHORIZED") : { body: { f: 1 } };
  });
  const http = new HttpTransport({ baseUrl: "", auth: "token", batch: false, fetch });
  const signal = new AbortController().signal;
  const bundles = await Promise.all([1, 2, 3, 4, 5].map((id) => http.fetch("user", { id }, signal)));
  assert.deepEqual(bundles, Array(5).fill({ bundle: { f: 1 }, scope: null }));
  assert.equal(minted, 2);
  assert.equal(requests.filter(({ url }) => url.includes("/ctx/")).length, 10);
});

test("a session that is over is asked once, and the refusal is passed on", async () => {
  let asked = 0;
  const { fetch } = serving(({ url, body }) => {
    if (url.endsWith("/session/")) return { body: { csrfToken: "c" } };
    if ((body as { fn?: string } | null)?.fn === "mwt_obtain") {
      return ++asked === 1 ? { body: { result: { token: "t", expires_in: 300 } } } : error(401, "UNAUTHORIZED");
    }
    return error(401, "UNAUTHORIZED");
  });
  const http = new HttpTransport({ baseUrl: "", auth: "token", fetch });
  const refusal = await http.fetch("user", {}, new AbortController().signal).catch((caught: unknown) => caught);
  assert.ok(refusal instanceof MizanError && refusal.isAuthError());
  assert.equal(asked, 2);
});

test("a read is tried again while the server is away; a call is not", async () => {
  const { fetch, requests } = serving(({ url }, count) => {
    if (url.endsWith("/session/")) return { body: { csrfToken: null } };
    return count < 3 ? (count === 1 ? new TypeError("down") : error(503, "UNAVAILABLE")) : { body: { f: 1 } };
  });
  const http = new HttpTransport({ baseUrl: "", retryDelay: 1, fetch });
  assert.deepEqual((await http.fetch("user", {}, new AbortController().signal)).bundle, { f: 1 });
  assert.equal(requests.length, 3);
  const away = serving(({ url }) =>
    url.endsWith("/session/") ? { body: { csrfToken: null } } : new TypeError("down"),
  );
  await assert.rejects(new HttpTransport({ baseUrl: "", retryDelay: 1, fetch: away.fetch }).call({ name: "a" }, {}), {
    code: "NETWORK",
  });
  assert.equal(away.requests.length, 2);
});

test("an aborted read waits for nothing", async () => {
  const { fetch, requests } = serving(() => error(503, "UNAVAILABLE"));
  const abort = new AbortController();
  const read = new HttpTransport({ baseUrl: "", retryDelay: 60_000, fetch }).fetch("user", {}, abort.signal);
  while (requests.length === 0) await Promise.resolve();
  setImmediate(() => abort.abort());
  await assert.rejects(read, { name: "AbortError" });
  assert.equal(requests.length, 1);
});

test("errors keep what the server says, and an outcome that is unknown is none of its refusals", async () => {
  const refused = serving(({ url }) =>
    url.endsWith("/session/")
      ? { body: { csrfToken: null } }
      : {
          status: 422,
          body: {
            error: { code: "VALIDATION_ERROR", message: "no", details: { "a.b": ["bad"] } },
            invalidate: ["user"],
          },
        },
  );
  const caught = await new HttpTransport({ baseUrl: "", fetch: refused.fetch })
    .call({ name: "a" }, {})
    .catch((error: unknown) => error);
  assert.ok(caught instanceof MizanError && caught.isRefusal && caught.isValidationError());
  assert.deepEqual(caught.getFieldErrors("a.b"), ["bad"]);
  assert.deepEqual(caught.invalidate, ["user"]);
  for (const reply of [error(500, "INTERNAL_ERROR"), { status: 502, body: "<html>" }, { body: "cut o" }]) {
    const broken = serving(({ url }) => (url.endsWith("/session/") ? { body: { csrfToken: null } } : reply));
    const outcome = await new HttpTransport({ baseUrl: "", fetch: broken.fetch })
      .call({ name: "a" }, {})
      .catch((error: unknown) => error);
    assert.ok(outcome instanceof MizanError && !outcome.isRefusal);
  }
});
