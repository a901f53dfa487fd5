// A cache in front of a Mizan server: it keeps what the server says that all viewers share, by the tags that make it
// stale, and takes signed purges. Plain JavaScript for any runtime with fetch and WebCrypto (docs/edge.md).

const TAGS = "x-mizan-tags";
const SIGNATURE = "x-mizan-signature";
const ONE_VIEWERS = new Set([TAGS, "set-cookie", "x-mizan-viewer"]); // what an answer that others get must not say
const FRESH_SECONDS = 60; // how old a purge may be, and how long its nonce is remembered
const MOST_ENTRIES = 10_000;

/**
 * @param {object} options
 * @param {object} options.manifest what `export_edge_manifest` prints
 * @param {string} options.origin where the server is, without a slash at the end
 * @param {string} options.secret MIZAN_EDGE_SECRET
 * @param {string} [options.purgePath] where purges are taken; the path of MIZAN_EDGE_URL
 * @param {() => number} [options.now] seconds since 1970
 * @param {typeof fetch} [options.ask] how the origin is asked
 * @returns {(request: Request) => Promise<Response>}
 */
export function createWorker({ manifest, origin, secret, purgePath = "/mizan-purge", now = () => Date.now() / 1000, ask = fetch }) {
  if (manifest.version !== 1) throw new Error(`this worker knows version 1 of the manifest, not ${manifest.version}`);
  const rules = new Map(Object.values(manifest.contexts).map((context) => [context.endpoint, context]));
  const entries = new Map(); // by URL: { body, headers, tags, expires }
  const urls = new Map(); // by tag: the URLs that have it
  const nonces = new Map(); // by nonce: when it may be forgotten
  let purges = 0; // grows with each: what was asked for before one is not kept after it

  return async function answer(request) {
    const url = new URL(request.url);
    if (url.pathname === purgePath) return purge(request, url.pathname);
    const rule = request.method === "GET" ? rules.get(url.pathname) : undefined;
    if (rule?.render !== "shared") return forward(request, url);
    const key = keyOf(url);
    const entry = entries.get(key);
    if (entry !== undefined && entry.expires > now()) return new Response(entry.body, { headers: { ...entry.headers, "x-edge": "HIT" } });
    const before = purges;
    const response = await forward(request, url);
    const tags = response.headers.get(TAGS);
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !ONE_VIEWERS.has(name)));
    const body = await response.arrayBuffer();
    if (response.status === 200 && tags && before === purges) keep(key, { body, headers, tags: tags.split(","), expires: now() + rule.ttl });
    return new Response(body, { status: response.status, headers: { ...headers, "x-edge": "MISS" } });
  };

  function forward(request, url) {
    const body = request.method === "GET" || request.method === "HEAD" ? undefined : request.body;
    return ask(origin + url.pathname + url.search, { method: request.method, headers: request.headers, body, redirect: "manual", duplex: "half" });
  }

  function keep(key, entry) {
    drop(key);
    if (entries.size >= MOST_ENTRIES) drop(entries.keys().next().value);
    entries.set(key, entry);
    for (const tag of entry.tags) {
      if (!urls.has(tag)) urls.set(tag, new Set());
      urls.get(tag).add(key);
    }
  }

  function drop(key) {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    for (const tag of entry.tags) {
      const having = urls.get(tag);
      having.delete(key);
      if (having.size === 0) urls.delete(tag);
    }
  }

  async function purge(request, path) {
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
    const body = new Uint8Array(await request.arrayBuffer());
    if (!(await isSigned(request.headers.get(SIGNATURE), request.method, path, body))) return new Response(null, { status: 401 });
    const { tags } = JSON.parse(new TextDecoder().decode(body));
    purges += 1;
    for (const tag of tags) for (const key of [...(urls.get(tag) ?? [])]) drop(key);
    return new Response(null, { status: 204 });
  }

  async function isSigned(header, method, path, body) {
    const parts = /^t=(\d{1,12}),n=([0-9a-f]{16,64}),s=([0-9a-f]{64})$/.exec(header ?? "");
    if (parts === null) return false;
    const [, time, nonce, signature] = parts;
    if (Math.abs(now() - Number(time)) > FRESH_SECONDS) return false;
    const text = `${method}\n${path}\n${hex(await crypto.subtle.digest("SHA-256", body))}\n${time}\n${nonce}`;
    const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
    if (!(await crypto.subtle.verify("HMAC", key, unhex(signature), bytes(text)))) return false;
    for (const [known, until] of nonces) if (until < now()) nonces.delete(known);
    if (nonces.has(nonce)) return false;
    nonces.set(nonce, now() + 2 * FRESH_SECONDS);
    return true;
  }
}

// One entry for one question: the order of parameters does not matter, that of the values of one does.
function keyOf(url) {
  const query = new URLSearchParams(url.search);
  query.sort();
  return `${url.pathname}?${query}`;
}

const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
