/** Requests to a Mizan server (docs/protocol.md section 9, docs/clients.md "The wire"): reads, and what all have in common. */

import type { Sending, ServerFunction } from "./descriptors.js";
import { MizanError, type Failure } from "./errors.js";
import { Gatherer, type Part, type Read } from "./gather.js";
import type { Transport } from "./kernel.js";
import { loadCalling } from "./later.js";
import type { Sender } from "./sending.js";
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
/** The longest that `Retry-After` is waited for, in seconds. */
const LONGEST_WAIT = 30;
export class HttpTransport implements Transport {
  readonly baseUrl: string;
  readonly json: Codec;
  readonly send: typeof globalThis.fetch;
  /** Whether the server has shown that it knows which entries are shown. */
  takesShown = false;
  readonly #options: HttpOptions;
  readonly #hear: (headers: Headers) => void;
  readonly #named: () => Record<string, string>;
  readonly #load: typeof loadCalling;
  #sender: Sender | null = null;
  readonly #gatherer = new Gatherer({
    one: (read, signal) => this.#one(read, signal),
    several: (reads, signal) => this.#several(reads, signal),
  });
  /** How often somebody else has begun to ask. */
  #epoch = 0;

  /**
   * *hear* is told the headers of every answer to a request from after the last reset; requests that may change something have
   * those of *named*, and what makes them comes from *load*.
   */
  constructor(
    options: HttpOptions,
    hear: (headers: Headers) => void = () => undefined,
    named: () => Record<string, string> = () => ({}),
    load = loadCalling,
  ) {
    this.#options = options;
    this.json = options.json ?? JSON;
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    // Browsers want their own `fetch` called on nothing but the window.
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#hear = hear;
    this.#named = named;
    this.#load = load;
  }

  /** Whether the server knows by a token who asks. */
  get hasToken(): boolean {
    return this.#options.auth === "token";
  }

  /** What makes other requests than reads, and knows who asks; another one after a reset. */
  async sender(): Promise<Sender> {
    const { Sender } = await this.#load();
    return (this.#sender ??= new Sender(this, this.#named));
  }

  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply> {
    const read = { context, query: queryOf(params) };
    return this.#options.batch === false ? this.#one(read, signal) : this.#gatherer.read(read, signal);
  }

  async call(info: ServerFunction, args: Params, shown?: readonly Shown[], options?: Sending): Promise<Answer> {
    return (await this.sender()).call(info, args, shown, options);
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
    this.#sender = null;
  }

  /** @throws MizanError `NETWORK` */
  async request(path: string, init: RequestInit, send = this.send): Promise<Response> {
    try {
      return await this.listened(() => send(`${this.baseUrl}/${path}`, { credentials: "same-origin", ...init }));
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new MizanError({ code: "NETWORK", message: "There is no answer." });
    }
  }

  /** Hear what the answer to *request* says of the server, unless somebody else has begun to ask. */
  async listened(request: () => Promise<Response>): Promise<Response> {
    const epoch = this.#epoch;
    const response = await request();
    if (epoch === this.#epoch) {
      this.takesShown ||= response.headers.has("X-Mizan-Interface");
      this.#hear(response.headers);
    }
    return response;
  }

  async #one({ context, query }: Read, signal: AbortSignal): Promise<Reply> {
    const response = await this.#get(`ctx/${encodeURIComponent(context)}/${query && `?${query}`}`, signal);
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

  /** Read, again while the server says "not now", or nothing. */
  async #get(path: string, signal: AbortSignal): Promise<Response> {
    const request = (headers = {}): Promise<Response> => this.request(path, { headers, signal });
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= this.retries;
      let wait = 0;
      try {
        const response = await (this.hasToken ? (await this.sender()).authenticated(request) : request());
        if (isLast || !PASSING.has(response.status)) return response;
        wait = Math.min(Number(response.headers.get("Retry-After")) || 0, LONGEST_WAIT) * 1000;
      } catch (error) {
        if (isLast || signal.aborted || !(error instanceof MizanError && error.code === "NETWORK")) throw error;
      }
      await this.rest(attempt, signal, wait);
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
  return part.bundle === undefined ? errorOf(part.status, part) : { bundle: part.bundle, scope: part.scope ?? null };
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

/** The JSON of an answer. @throws MizanError */
export async function bodyOf(response: Response, json: Codec): Promise<{ readonly [name: string]: Json }> {
  const body = await jsonOf(response, json);
  const isObject = typeof body === "object" && body !== null;
  if (isObject && response.ok) return body as { readonly [name: string]: Json };
  // Of what was cut off nobody knows what else it would have said.
  throw errorOf(isObject ? response.status : 0, Object(body) as object);
}

/** Null where there is none. */
export function jsonOf(response: Response, json: Codec): Promise<unknown> {
  return response
    .text()
    .then((text) => json.parse(text))
    .catch(() => null);
}

function errorOf(status: number, body: object): MizanError {
  const { error, invalidate } = body as { error?: unknown; invalidate?: readonly Invalidation[] };
  const { code, message = code, ...rest } = (error ?? {}) as Partial<Failure>;
  const answer =
    typeof code === "string"
      ? { ...rest, code, message: message as string, ...(invalidate && { invalidate }) }
      : { code: "NETWORK", message: "The answer was cut off, or is none of Mizan's." };
  return new MizanError({ ...answer, status });
}
