/** Requests to a Mizan server (docs/protocol.md section 9, docs/clients.md "The wire"): CSRF, tokens, retries of reads. */

import type { Sending, ServerFunction } from "./descriptors.js";
import { MizanError, type Failure } from "./errors.js";
import { Gatherer, type Part, type Read } from "./gather.js";
import type { Transport } from "./kernel.js";
import {
  canonical,
  isList,
  type Answer,
  type Bundle,
  type Codec,
  type Invalidation,
  type Json,
  type Params,
  type Reply,
  type Shown,
} from "./wire.js";

export interface HttpOptions {
  /** Where the server's `/api/mizan` is, without a slash at the end. */
  readonly baseUrl: string;
  /**
   * How the server knows who asks: by the cookies of a session, which calls back with a CSRF token; or by a token that
   * the session is exchanged for, and again when it has expired.
   */
  readonly auth?: "session" | "token";
  /** How often a read is tried again when the server does not answer or is overloaded. */
  readonly retries?: number;
  /** Milliseconds before the first retry; each further one waits twice as long. */
  readonly retryDelay?: number;
  /** Whether reads that begin together are one request, where the server can. */
  readonly batch?: boolean;
  readonly fetch?: typeof globalThis.fetch;
  /** What reads and writes JSON: `exactJson` of "mizan-runtime/bigint" rounds no integer. */
  readonly json?: Codec;
}

/** Statuses that say "not now". */
export const PASSING = new Set([429, 502, 503, 504]);
/** Those of a server, or of something before it, that does not know several reads in one request. */
const UNKNOWN = new Set([400, 404, 405, 414]);
const TOKEN = "X-Mizan-Token";
const CSRF = "X-CSRFToken";
const OBTAIN = "mwt_obtain";
const JSON_BODY = { "Content-Type": "application/json" };
/** What no page of another site can send along. */
const FILES = { headers: { "X-Mizan-Call": "1" } };
/** The longest that `Retry-After` is waited for, in seconds. */
const LONGEST_WAIT = 30;

/** A value that is fetched when it is first needed, once for all who wait, and again when it is no longer good. */
class Shared<T> {
  #current: Promise<T> | null = null;
  readonly #obtain: () => Promise<T>;

  constructor(obtain: () => Promise<T>) {
    this.#obtain = obtain;
  }

  get(): Promise<T> {
    if (this.#current === null) {
      const current = this.#obtain();
      this.#current = current;
      current.catch(() => this.drop(current));
    }
    return this.#current;
  }

  /** Forget the value *known*, unless somebody has done so already. */
  drop(known: Promise<T>): void {
    if (this.#current === known) this.#current = null;
  }

  clear(): void {
    this.#current = null;
  }
}

/** What a session was exchanged for. */
export interface Token {
  readonly text: string;
  /** Seconds that it was good for when it came. */
  readonly expiresIn: number;
}

export class HttpTransport implements Transport {
  readonly baseUrl: string;
  readonly json: Codec;
  /** That of who is logged in; null when nobody is. */
  readonly token = new Shared(() => this.#obtainToken());
  readonly #options: HttpOptions;
  readonly #send: typeof globalThis.fetch;
  readonly #hear: (headers: Headers) => void;
  readonly #named: () => Record<string, string>;
  readonly #csrf = new Shared(() => this.#obtainCsrf());
  readonly #gatherer = new Gatherer({
    one: (read, signal) => this.#one(read, signal),
    several: (reads, signal) => this.#several(reads, signal),
  });
  /** How often somebody else has begun to ask. */
  #epoch = 0;
  #takesShown = false;

  /** *hear* is told the headers of every answer to a request from after the last reset; requests that may change something have those of *named*. */
  constructor(
    options: HttpOptions,
    hear: (headers: Headers) => void = () => undefined,
    named: () => Record<string, string> = () => ({}),
  ) {
    this.#options = options;
    this.json = options.json ?? JSON;
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    // Browsers want their own `fetch` called on nothing but the window.
    this.#send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#hear = hear;
    this.#named = named;
  }

  /** Whether the server knows by a token who asks. */
  get hasToken(): boolean {
    return this.#options.auth === "token";
  }

  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply> {
    const read = { context, query: queryOf(params) };
    return this.#options.batch === false ? this.#one(read, signal) : this.#gatherer.read(read, signal);
  }

  async call(
    { name, uploads }: ServerFunction,
    args: Params,
    shown: readonly Shown[] = [],
    options: Sending = {},
  ): Promise<Answer> {
    // What says who asks is wanted in any case, and its answer may be the first that tells what the server takes.
    await (this.hasToken ? this.token : this.#csrf).get();
    const files = uploads?.(args, options, this.json);
    const body = { fn: name, args, ...(this.#takesShown && shown.length > 0 ? { shown } : {}) };
    const init = files === undefined ? { body: this.json.stringify(body), headers: JSON_BODY } : FILES;
    const content = { ...init, ...files, signal: options.signal ?? null };
    const path = files === undefined ? "call/" : `call/${encodeURIComponent(name)}/`;
    const response = await this.#authenticated((headers) => this.#post(content, headers, path, files?.send));
    return (await bodyOf(response, this.json)) as unknown as Answer;
  }

  /** A request to any URL; to the same server with what it wants to know of who asks. */
  fetchUrl(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const asked = input instanceof Request ? input : { url: String(input), method: "GET", headers: {} };
    const send = (more: Record<string, string>): Promise<Response> => {
      const headers = new Headers(init.headers ?? asked.headers);
      for (const [name, value] of Object.entries(more)) headers.set(name, value);
      return this.#listened(() => this.#send(input instanceof Request ? input.clone() : input, { ...init, headers }));
    };
    if (!this.#isOwn(asked.url)) return send({});
    const isRead = (init.method ?? asked.method).toUpperCase() === "GET";
    return this.#authenticated((headers) => (isRead ? send(headers) : this.#guarded(headers, send)));
  }

  /** How often a read is tried again. */
  get retries(): number {
    return this.#options.retries ?? 2;
  }

  /** Wait before a read is tried again that has been tried again *attempt* times; *least* milliseconds at least. */
  rest(attempt: number, signal: AbortSignal, least = 0): Promise<void> {
    const { retryDelay = 300 } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.max(least, retryDelay * 2 ** attempt * (0.5 + Math.random())));
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  }

  /** Forget who is asking: after a login or a logout. */
  reset(): void {
    this.#epoch++;
    this.#csrf.clear();
    this.token.clear();
  }

  async #one({ context, query }: Read, signal: AbortSignal): Promise<Reply> {
    const response = await this.#get(`ctx/${encodeURIComponent(context)}/${query === "" ? "" : `?${query}`}`, signal);
    return { bundle: (await bodyOf(response, this.json)) as Bundle, scope: response.headers.get("X-Mizan-Scope") };
  }

  async #several(reads: readonly Read[], signal: AbortSignal): Promise<readonly Part[] | null> {
    const query = new URLSearchParams(reads.map((read) => [read.context, read.query]));
    const response = await this.#get(`ctx/?${query}`, signal);
    if (UNKNOWN.has(response.status)) return null;
    if (!response.ok) await bodyOf(response, this.json);
    // An older server's application may answer any path with a page of its own.
    const body = (await jsonOf(response, this.json)) as { readonly bundles?: readonly Wired[] } | null;
    return body?.bundles?.map(partOf) ?? null;
  }

  #get(path: string, signal: AbortSignal): Promise<Response> {
    return this.#patiently(signal, () => this.#authenticated((headers) => this.#request(path, { headers, signal })));
  }

  /** Make a request, once more with a new token when the server has refused the one at hand. */
  async #authenticated(request: (headers: Record<string, string>) => Promise<Response>): Promise<Response> {
    if (!this.hasToken) return request({});
    const known = this.token.get();
    const token = await known;
    if (token === null) return request({});
    const response = await request({ [TOKEN]: token.text });
    if (response.status !== 401) return response;
    this.token.drop(known);
    const renewed = await this.token.get();
    return renewed === null ? response : request({ [TOKEN]: renewed.text });
  }

  #post(init: RequestInit, headers: Record<string, string>, path = "call/", send?: typeof fetch): Promise<Response> {
    return this.#guarded(headers, (guard) =>
      this.#request(path, { method: "POST", ...init, headers: { ...guard, ...init.headers } }, send),
    );
  }

  /** Make a request with the CSRF token, once more with a new one when the server has refused the one at hand. */
  async #guarded(
    headers: Record<string, string>,
    request: (headers: Record<string, string>) => Promise<Response>,
  ): Promise<Response> {
    headers = { ...headers, ...this.#named() };
    if (TOKEN in headers) return request(headers);
    for (let attempt = 0; ; attempt++) {
      const known = this.#csrf.get();
      const token = await known;
      const response = await request(token === null ? headers : { ...headers, [CSRF]: token });
      if (response.status !== 403) return response;
      const isCsrf = (await codeOf(response, this.json)) === "CSRF_FAILED";
      // Servers that have no such code say FORBIDDEN, which a function may say, too: the next call begins anew.
      if (isCsrf || !this.#takesShown) this.#csrf.drop(known);
      if (!isCsrf || attempt > 0) return response;
    }
  }

  async #obtainCsrf(): Promise<string | null> {
    const session = (await bodyOf(await this.#request("session/", {}), this.json)) as { csrfToken: string | null };
    return session.csrfToken;
  }

  /** A token for who is logged in; null when nobody is. */
  async #obtainToken(): Promise<Token | null> {
    const response = await this.#post({ body: JSON.stringify({ fn: OBTAIN, args: {} }), headers: JSON_BODY }, {});
    if (response.status === 401) return null;
    const answer = (await bodyOf(response, this.json)) as unknown as { result: { token: string; expires_in: number } };
    return { text: answer.result.token, expiresIn: answer.result.expires_in };
  }

  async #request(path: string, init: RequestInit, send = this.#send): Promise<Response> {
    try {
      return await this.#listened(() => send(`${this.baseUrl}/${path}`, { credentials: "same-origin", ...init }));
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new MizanError({ code: "NETWORK", message: "The server could not be reached." });
    }
  }

  async #listened(request: () => Promise<Response>): Promise<Response> {
    const epoch = this.#epoch;
    const response = await request();
    if (epoch === this.#epoch) {
      this.#takesShown ||= response.headers.has("X-Mizan-Interface");
      this.#hear(response.headers);
    }
    return response;
  }

  /** Try a read again while the server says "not now", or nothing. */
  async #patiently(signal: AbortSignal, request: () => Promise<Response>): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= this.retries;
      let wait = 0;
      try {
        const response = await request();
        if (isLast || !PASSING.has(response.status)) return response;
        wait = Math.min(Number(response.headers.get("Retry-After")) || 0, LONGEST_WAIT) * 1000;
      } catch (error) {
        if (isLast || signal.aborted || !(error instanceof MizanError && error.code === "NETWORK")) throw error;
      }
      await this.rest(attempt, signal, wait);
    }
  }

  #isOwn(url: string): boolean {
    const here = globalThis.location?.href;
    try {
      return new URL(url, here).origin === new URL(this.baseUrl, here).origin;
    } catch {
      // A path, without a page that it is relative to.
      return false;
    }
  }
}

/** One of several bundles, as it comes. */
interface Wired {
  readonly status: number;
  readonly bundle?: Bundle;
  readonly scope?: string;
}

function partOf(part: Wired): Part {
  if (PASSING.has(part.status)) return null;
  if (part.bundle === undefined) return { error: errorOf(part.status, part) };
  return { reply: { bundle: part.bundle, scope: part.scope ?? null } };
}

/** `name=value` as the server reads it: a list is a repeated key, an object JSON; null and undefined are left out. */
export function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const item of isList(value) ? value : [value]) {
      if (item !== null && item !== undefined) query.append(name, typeof item === "string" ? item : canonical(item));
    }
  }
  return query.toString();
}

/** The JSON of an answer. */
async function bodyOf(response: Response, json: Codec): Promise<{ readonly [name: string]: Json }> {
  const body = await jsonOf(response, json);
  const isObject = typeof body === "object" && body !== null;
  if (isObject && response.ok) return body as { readonly [name: string]: Json };
  // Of what was cut off nobody knows what else it would have said.
  throw errorOf(isObject ? response.status : 0, Object(body) as object);
}

async function codeOf(response: Response, json: Codec): Promise<string | undefined> {
  const body = (await jsonOf(response.clone(), json)) as { error?: { code?: string } } | null;
  return body?.error?.code;
}

/** Null where there is none. */
function jsonOf(response: Response, json: Codec): Promise<unknown> {
  return response
    .text()
    .then((text) => json.parse(text))
    .catch(() => null);
}

function errorOf(status: number, body: object): MizanError {
  const { error, invalidate } = body as { error?: unknown; invalidate?: readonly Invalidation[] };
  const { code, message, ...rest } = (error ?? {}) as Partial<Failure>;
  if (typeof code !== "string") {
    return new MizanError({
      code: "NETWORK",
      message: "The answer was cut off, or is none of a Mizan server.",
      status,
    });
  }
  return new MizanError({ ...rest, code, message: message ?? code, status, ...(invalidate && { invalidate }) });
}
