import assert from "node:assert/strict";
import test from "node:test";

import { isRefusal } from "../src/answers.js";
import { HttpTransport, queryOf } from "../src/http.js";
import { Mizan, MizanError } from "../src/index.js";

interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: unknown;
}

type Reply =
  { readonly status?: number; readonly body?: unknown; readonly headers?: { readonly [name: string]: string } } | Error;

function headersOf({ headers = {} }: RequestInit): { readonly [name: string]: string } {
  return headers instanceof Headers ? Object.fromEntries(headers) : (headers as { readonly [name: string]: string });
}

/** A server that answers as *answer* says, and what it was asked. */
function serving(answer: (request: Request, count: number) => Reply) {
  const requests: Request[] = [];
  const fetch = async (input: string | URL | globalThis.Request, init: RequestInit = {}): Promise<Response> => {
    const request = {
      url: String(input),
      method: init.method ?? "GET",
      headers: headersOf(init),
      body: init.body === undefined ? null : (JSON.parse(init.body as string) as unknown),
    };
    requests.push(request);
    await Promise.resolve();
    init.signal?.throwIfAborted();
    const reply = answer(request, requests.length);
    if (reply instanceof Error) throw reply;
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {});
    return new Response(text, { status: reply.status ?? 200, ...(reply.headers && { headers: reply.headers }) });
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

for (const [refusal, auth, answer] of [
  ["CSRF token", "session", error(403, "CSRF_FAILED")],
  ["token", "token", error(401, "UNAUTHORIZED")],
] as const) {
  test(`a call is not repeated with a new ${refusal} when somebody else has begun to ask`, async () => {
    let asker = "ada";
    const done: string[] = [];
    const { fetch } = serving(({ url, body, headers }) => {
      const viewer = { "X-Mizan-Viewer": asker };
      if (url.endsWith("/session/")) return { body: { csrfToken: asker } };
      if ((body as { fn?: string } | null)?.fn === "mwt_obtain")
        return { body: { result: { token: asker, expires_in: 300 } }, headers: viewer };
      if (headers["X-Mizan-Token"] !== asker && headers["X-CSRFToken"] !== asker) return { ...answer, headers: viewer };
      done.push(asker);
      return { body: { result: null }, headers: viewer };
    });
    const mizan = new Mizan({ baseUrl: "http://server", auth, tabs: false, fetch });
    await mizan.call({ name: "order" }, {});
    // In another window, and nobody has told this one.
    asker = "grace";
    await assert.rejects(mizan.call({ name: "order" }, {}), { code: "OFFLINE" });
    assert.deepEqual(done, ["ada"]);
    await mizan.call({ name: "order" }, {});
    assert.deepEqual(done, ["ada", "grace"]);
  });
}

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
  assert.ok(caught instanceof MizanError && isRefusal(caught) && caught.isValidationError());
  assert.deepEqual(caught.getFieldErrors("a.b"), ["bad"]);
  assert.deepEqual(caught.invalidate, ["user"]);
  for (const reply of [error(500, "INTERNAL_ERROR"), { status: 502, body: "<html>" }, { body: "cut o" }]) {
    const broken = serving(({ url }) => (url.endsWith("/session/") ? { body: { csrfToken: null } } : reply));
    const outcome = await new HttpTransport({ baseUrl: "", fetch: broken.fetch })
      .call({ name: "a" }, {})
      .catch((error: unknown) => error);
    assert.ok(outcome instanceof MizanError && !isRefusal(outcome));
  }
});

test("a refused CSRF token is fetched anew, and the call sent once more with the same body", async () => {
  let issued = 0;
  const { fetch, requests } = serving(({ url, headers }) => {
    if (url.endsWith("/session/")) return { body: { csrfToken: `c${++issued}` } };
    return headers["X-CSRFToken"] === "c1" ? error(403, "CSRF_FAILED") : { body: { result: 1 } };
  });
  const http = new HttpTransport({ baseUrl: "", fetch });
  const answers = await Promise.all([1, 2, 3].map((id) => http.call({ name: "a" }, { id })));
  assert.deepEqual(answers, Array(3).fill({ result: 1 }));
  assert.equal(issued, 2);
  const sent = requests.filter(({ url }) => url.endsWith("/call/")).map(({ body }) => JSON.stringify(body));
  assert.deepEqual(sent.slice(3), sent.slice(0, 3));
});

test("a second refusal of the CSRF token is the caller's", async () => {
  const { fetch, requests } = serving(({ url }) =>
    url.endsWith("/session/") ? { body: { csrfToken: "c" } } : error(403, "CSRF_FAILED"),
  );
  await assert.rejects(new HttpTransport({ baseUrl: "", fetch }).call({ name: "a" }, {}), { code: "CSRF_FAILED" });
  assert.equal(requests.length, 4);
});

test("a refusal that may be a function's own is not repeated; with a server without CSRF_FAILED the next call begins anew", async () => {
  const old = serving(({ url }) =>
    url.endsWith("/session/") ? { body: { csrfToken: "c" } } : error(403, "FORBIDDEN"),
  );
  const http = new HttpTransport({ baseUrl: "", fetch: old.fetch });
  for (let call = 0; call < 2; call++) await assert.rejects(http.call({ name: "a" }, {}), { code: "FORBIDDEN" });
  assert.deepEqual(
    old.requests.map(({ url }) => url),
    ["/session/", "/call/", "/session/", "/call/"],
  );
  const current = serving(({ url }) => ({
    headers: { "X-Mizan-Interface": "i" },
    ...(url.endsWith("/session/") ? { body: { csrfToken: "c" } } : (error(403, "FORBIDDEN") as object)),
  }));
  const other = new HttpTransport({ baseUrl: "", fetch: current.fetch });
  for (let call = 0; call < 2; call++) await assert.rejects(other.call({ name: "a" }, {}), { code: "FORBIDDEN" });
  assert.equal(current.requests.length, 3);
});

test("the answer that brings the CSRF token may be the first to show the interface", async () => {
  const { fetch, requests } = serving(({ url }) => ({
    headers: { "X-Mizan-Interface": "i" },
    body: url.endsWith("/session/") ? { csrfToken: "c" } : { result: 1 },
  }));
  const shown = [{ context: "user", params: { id: 1 } }];
  await new HttpTransport({ baseUrl: "", fetch }).call({ name: "a" }, {}, shown);
  assert.deepEqual(requests.at(-1)?.body, { fn: "a", args: {}, shown });
});

test("what is shown is told to a server that has shown its interface, to no other", async () => {
  let headers = {};
  const { fetch, requests } = serving(({ url }) => ({
    headers,
    body: url.endsWith("/session/") ? { csrfToken: null } : { result: 1 },
  }));
  const http = new HttpTransport({ baseUrl: "", fetch });
  const shown = [{ context: "user", params: { id: 1 } }];
  await http.call({ name: "a" }, {}, shown);
  headers = { "X-Mizan-Interface": "i" };
  await http.call({ name: "a" }, {}, []);
  await http.call({ name: "a" }, {}, shown);
  assert.deepEqual(
    requests.map(({ body }) => body),
    [null, { fn: "a", args: {} }, { fn: "a", args: {} }, { fn: "a", args: {}, shown }],
  );
});

const signal = () => new AbortController().signal;

test("reads of one tick are one request, each with its own outcome", async () => {
  const { fetch, requests } = serving(({ url }) =>
    url.startsWith("/ctx/?")
      ? {
          body: {
            bundles: [
              { status: 200, bundle: { f: 1 }, scope: "a;id=1", cache: "HIT" },
              { status: 403, error: { code: "FORBIDDEN", message: "no" } },
              { status: 503, error: { code: "UNAVAILABLE", message: "later" } },
            ],
          },
        }
      : { body: { f: 3 }, headers: { "X-Mizan-Scope": "c" } },
  );
  const http = new HttpTransport({ baseUrl: "", fetch });
  const reads = [
    http.fetch("a", { id: 1, tags: ["x", "y"] }, signal()),
    http.fetch("b", {}, signal()),
    http.fetch("c", {}, signal()),
  ];
  const [one, two, three] = await Promise.allSettled(reads);
  assert.deepEqual(one, { status: "fulfilled", value: { bundle: { f: 1 }, scope: "a;id=1" } });
  assert.equal((two as PromiseRejectedResult).reason.code, "FORBIDDEN");
  assert.deepEqual(three, { status: "fulfilled", value: { bundle: { f: 3 }, scope: "c" } });
  assert.deepEqual(
    requests.map(({ url }) => url),
    ["/ctx/?a=id%3D1%26tags%3Dx%26tags%3Dy&b=&c=", "/ctx/c/"],
  );
});

for (const status of [200, 404]) {
  test(`a server that knows no several reads (${status}) is asked for each, and not asked again`, async () => {
    const { fetch, requests } = serving(({ url }) =>
      url.startsWith("/ctx/?") ? { status, body: "<html>" } : { body: { f: url } },
    );
    const http = new HttpTransport({ baseUrl: "", fetch });
    for (let round = 0; round < 2; round++) {
      const replies = await Promise.all(["a", "b"].map((name) => http.fetch(name, {}, signal())));
      assert.deepEqual(
        replies.map(({ bundle }) => bundle),
        [{ f: "/ctx/a/" }, { f: "/ctx/b/" }],
      );
    }
    assert.equal(requests.length, 5);
  });
}

test("more reads than a request takes are several requests, none of them long", async () => {
  const { fetch, requests } = serving(({ url }) => ({
    body: { bundles: [...new URL(url, "http://x").searchParams].map(() => ({ status: 200, bundle: {} })) },
  }));
  const http = new HttpTransport({ baseUrl: "", fetch });
  await Promise.all(Array.from({ length: 40 }, (_, id) => http.fetch("a", { id }, signal())));
  assert.equal(requests.length, 3);
  requests.length = 0;
  await Promise.all(Array.from({ length: 16 }, () => http.fetch("a", { text: "ä".repeat(150) }, signal())));
  assert.ok(requests.length > 1 && requests.every(({ url }) => url.length < 4000));
});

test("of several reads one may be given up; the request ends when all are", async () => {
  let ended = false;
  const fetch = (_: string | URL | globalThis.Request, init: RequestInit = {}) =>
    new Promise<Response>((_, reject) => {
      init.signal?.addEventListener("abort", () => {
        ended = true;
        reject(init.signal?.reason as Error);
      });
    });
  const http = new HttpTransport({ baseUrl: "", fetch });
  const aborts = [new AbortController(), new AbortController()];
  const reads = aborts.map((abort) => http.fetch("a", {}, abort.signal));
  await new Promise((resolve) => setImmediate(resolve));
  aborts[0]?.abort();
  await assert.rejects(reads[0] as Promise<unknown>, { name: "AbortError" });
  assert.equal(ended, false);
  aborts[1]?.abort();
  await assert.rejects(reads[1] as Promise<unknown>, { name: "AbortError" });
  assert.equal(ended, true);
});

test("a server says how long it wants to be left alone", async () => {
  const waits: number[] = [];
  const { setTimeout: real } = globalThis;
  const { fetch } = serving((_, count) =>
    count === 1 ? { ...(error(429, "RATE_LIMITED") as object), headers: { "Retry-After": "7" } } : { body: { f: 1 } },
  );
  globalThis.setTimeout = ((task: () => void, wait: number) => {
    waits.push(wait);
    return real(task, 0);
  }) as never;
  try {
    await new HttpTransport({ baseUrl: "", fetch, retryDelay: 1 }).fetch("a", {}, signal());
  } finally {
    globalThis.setTimeout = real;
  }
  assert.deepEqual(waits, [7000]);
});

test("a URL of the same server is asked with what guards it, another one without", async () => {
  const { fetch, requests } = serving(({ url }) =>
    url.endsWith("/session/") ? { body: { csrfToken: "c" } } : { body: {} },
  );
  const sender = await new HttpTransport({ baseUrl: "http://shop.test/api", fetch }).sender();
  await sender.fetchUrl("http://shop.test/upload/", { method: "POST", body: "1", headers: { "X-Own": "1" } });
  await sender.fetchUrl("http://shop.test/export/");
  await sender.fetchUrl("http://evil.test/upload/", { method: "POST", body: "1" });
  assert.deepEqual(
    requests.map(({ url, headers }) => [url, headers["x-csrftoken"] ?? null]),
    [
      ["http://shop.test/api/session/", null],
      ["http://shop.test/upload/", "c"],
      ["http://shop.test/export/", null],
      ["http://evil.test/upload/", null],
    ],
  );
  assert.equal(requests[1]?.headers["x-own"], "1");
});
