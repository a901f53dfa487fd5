/** Requests to a Mizan server (docs/protocol.md section 9, docs/clients.md "The wire"): reads, and what all have in common. */

import { MizanError, type Failure } from "./errors.js";
import { gathered, type One, type Part, type Several } from "./gather.js";
import type { Transport } from "./kernel.js";
import { loadCalling, type Calling } from "./later.js";
import type { Sender } from "./sending.js";
import {
  canonical,
  type Answer,
  type Bundle,
  type Codec,
  type Invalidation,
  type Json,
  type Params,
  type Reply,
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
export const PASSING: readonly number[] = [429, 502, 503, 504];
/** Those of a server, or of something before it, that does not know several reads in one request. */
const UNKNOWN: readonly number[] = [400, 404, 405, 414];
/** The longest that `Retry-After` is waited for, in seconds. */
const LONGEST_WAIT = 30;

/** Whom a transport serves. */
export interface Host {
  /** What makes other requests than reads. @throws MizanError `OFFLINE` */
  calling(): Promise<Calling>;
  /** Hear the headers of an answer to a request from after the last reset. */
  hear?(headers: Headers): void;
  /** How often somebody else has begun to ask. */
  readonly epoch?: number;
  /** By its `id` the server knows who has changed something. */
  readonly live?: { readonly id: string | null } | null;
}

export class HttpTransport implements Transport {
  declare readonly baseUrl: string;
  declare readonly json: Codec;
  declare readonly send: typeof globalThis.fetch;
  /** How often a read is tried again. */
  declare readonly retries: number;
  /** Whether the server knows by a token who asks. */
  declare readonly hasToken: boolean;
  declare readonly host: Host;
  /** Whether the server has shown that it knows which entries are shown. */
  takesShown = false;
  readonly #retryDelay: number;
  readonly #read: One;
  /** Another one when somebody else may have begun to ask; with what knows who it is. */
  #asker: { sender?: Sender } = {};

  constructor(options: HttpOptions, host: Host = { calling: loadCalling }) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.json = options.json ?? JSON;
    // Browsers want their own `fetch` called on nothing but the window.
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.retries = options.retries ?? 2;
    this.hasToken = options.auth === "token";
    this.host = host;
    this.#retryDelay = options.retryDelay ?? 300;
    this.#read = options.batch === false ? this.#one : gathered(this.#one, this.#several);
  }

  /** What makes other requests than reads, and knows who asks; another one after a reset. */
  async sender(): Promise<Sender> {
    const { Sender } = await this.host.calling();
    return (this.#asker.sender ??= new Sender(this));
  }

  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply> {
    return this.#read([context, queryOf(params)], signal);
  }

  async call(...call: Parameters<Sender["call"]>): Promise<Answer> {
    return (await this.sender()).call(...call);
  }

  /** Wait before a read is tried again that has been tried again *attempt* times; *least* milliseconds at least. */
  rest(attempt: number, signal: AbortSignal, least = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.max(least, this.#retryDelay * 2 ** attempt * (0.5 + Math.random())));
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  }

  /** Forget who is asking: after a login or a logout. */
  reset(): void {
    this.#asker = {};
  }

  /** @throws MizanError `NETWORK` */
  async request(path: string, init: RequestInit, send = this.send): Promise<Response> {
    const url = `${this.baseUrl}/${path}`;
    try {
      return await this.listened(() => send(url, { credentials: "same-origin", ...init }));
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new MizanError({ code: "NETWORK", message: `No answer from ${url}` });
    }
  }

  /** Hear what the answer to *request* says of the server, unless somebody else has begun to ask. */
  async listened(request: () => Promise<Response>): Promise<Response> {
    const asker = this.#asker;
    const response = await request();
    if (asker === this.#asker) {
      this.takesShown ||= response.headers.has("X-Mizan-Interface");
      this.host.hear?.(response.headers);
    }
    return response;
  }

  readonly #one: One = async ([context, query], signal) => {
    const response = await this.#get(`ctx/${encodeURIComponent(context)}/${query && `?${query}`}`, signal);
    return { bundle: (await bodyOf(response, this.json)) as Bundle, scope: response.headers.get("X-Mizan-Scope") };
  };

  readonly #several: Several = async (reads, signal) => {
    const query = new URLSearchParams(reads);
    const response = await this.#get(`ctx/?${query}`, signal);
    if (UNKNOWN.includes(response.status)) return null;
    // An older server's application may answer any path with a page of its own.
    const body = (await (response.ok ? jsonOf : bodyOf)(response, this.json)) as Bundles | null;
    return body?.bundles?.map(partOf) ?? null;
  };

  /** Read, again while the server says "not now", or nothing. */
  async #get(path: string, signal: AbortSignal): Promise<Response> {
    const request = (headers = {}): Promise<Response> => this.request(path, { headers, signal });
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= this.retries;
      let wait = 0;
      try {
        const response = await (this.hasToken ? (await this.sender()).authenticated(request) : request());
        if (isLast || !PASSING.includes(response.status)) return response;
        wait = Math.min(Number(response.headers.get("Retry-After")) || 0, LONGEST_WAIT) * 1000;
      } catch (error) {
        if (isLast || signal.aborted || (error as Partial<MizanError>).code !== "NETWORK") throw error;
      }
      await this.rest(attempt, signal, wait);
    }
  }
}

/** Several bundles, as they come. */
interface Bundles {
  readonly bundles?: readonly {
    readonly status: number;
    readonly bundle?: Bundle;
    readonly scope?: string;
  }[];
}

function partOf(part: NonNullable<Bundles["bundles"]>[number]): Part {
  const { status, bundle, scope = null } = part;
  if (PASSING.includes(status)) return null;
  return bundle ? { bundle, scope } : errorOf(status, part);
}

/** `name=value` as the server reads it: a list is a repeated key, an object JSON; null and undefined are left out. */
export function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const item of [value].flat() as Json[]) {
      if (item !== null && item !== undefined) query.append(name, typeof item === "string" ? item : canonical(item));
    }
  }
  return String(query);
}

/** The JSON of an answer. @throws MizanError */
export async function bodyOf(response: Response, json: Codec): Promise<{ readonly [name: string]: Json }> {
  const body = await jsonOf(response, json);
  const object = Object(body) as { readonly [name: string]: Json };
  if (object === body && response.ok) return object;
  // Of what was cut off nobody knows what else it would have said.
  throw errorOf(object === body ? response.status : 0, object, `${response.status} from ${response.url}`);
}

/** Null where there is none. */
export function jsonOf(response: Response, json: Codec): Promise<unknown> {
  return response
    .text()
    .then((text) => json.parse(text))
    .catch(() => null);
}

function errorOf(status: number, body: object, what?: string): MizanError {
  const { error, invalidate = [] } = body as {
    readonly error?: Failure | null;
    readonly invalidate?: readonly Invalidation[];
  };
  const answer: Failure =
    typeof error?.code === "string"
      ? { invalidate, ...error, message: error.message ?? error.code }
      : { code: "NETWORK", message: `${what}: not Mizan's, or cut off` };
  return new MizanError({ ...answer, status });
}
