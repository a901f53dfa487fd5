/** Requests to a Mizan server (docs/protocol.md section 9): CSRF, tokens and their renewal, retries of reads. */

import { MizanError, type Details } from "./errors.js";
import type { Transport } from "./kernel.js";
import { isList, type Answer, type Bundle, type Invalidation, type Json, type Params } from "./wire.js";

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
  readonly fetch?: typeof globalThis.fetch;
}

/** Statuses that say "not now". */
const PASSING = new Set([429, 502, 503, 504]);
const TOKEN = "X-Mizan-Token";
const CSRF = "X-CSRFToken";
const OBTAIN = "mwt_obtain";

/** A value that is fetched when it is first needed, once for all who wait, and again when it is no longer good. */
class Shared<T> {
  private current: Promise<T> | null = null;

  constructor(private readonly obtain: () => Promise<T>) {}

  get(): Promise<T> {
    if (this.current === null) {
      const current = this.obtain();
      this.current = current;
      current.catch(() => this.drop(current));
    }
    return this.current;
  }

  /** Forget the value *known*, unless somebody has done so already. */
  drop(known: Promise<T>): void {
    if (this.current === known) this.current = null;
  }

  clear(): void {
    this.current = null;
  }
}

export class HttpTransport implements Transport {
  private readonly baseUrl: string;
  private readonly auth: "session" | "token";
  private readonly retries: number;
  private readonly retryDelay: number;
  private readonly send: typeof globalThis.fetch;
  private readonly csrf = new Shared(() => this.obtainCsrf());
  private readonly token = new Shared(() => this.obtainToken());

  constructor(options: HttpOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.auth = options.auth ?? "session";
    this.retries = options.retries ?? 2;
    this.retryDelay = options.retryDelay ?? 300;
    // Browsers want their own `fetch` called on nothing but the window.
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  async fetch(context: string, params: Params, signal: AbortSignal): Promise<Bundle> {
    const url = `${this.baseUrl}/ctx/${encodeURIComponent(context)}/${queryOf(params)}`;
    const response = await this.patiently(signal, () =>
      this.authenticated((headers) => this.request(url, { headers, signal })),
    );
    return (await bodyOf(response)) as Bundle;
  }

  async call(name: string, args: Params): Promise<Answer> {
    const response = await this.authenticated((headers) => this.post(name, args, headers));
    return (await bodyOf(response)) as unknown as Answer;
  }

  /** Forget who is asking: after a login or a logout. */
  reset(): void {
    this.csrf.clear();
    this.token.clear();
  }

  /** Make a request, once more with a new token when the server has refused the one at hand. */
  private async authenticated(request: (headers: Record<string, string>) => Promise<Response>): Promise<Response> {
    if (this.auth === "session") return request({});
    const known = this.token.get();
    const token = await known;
    if (token === null) return request({});
    const response = await request({ [TOKEN]: token });
    if (response.status !== 401) return response;
    this.token.drop(known);
    const renewed = await this.token.get();
    return renewed === null ? response : request({ [TOKEN]: renewed });
  }

  private async post(name: string, args: Params, headers: Record<string, string>): Promise<Response> {
    const token = TOKEN in headers ? null : await this.csrf.get();
    return this.request(`${this.baseUrl}/call/`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json", ...(token === null ? {} : { [CSRF]: token }) },
      body: JSON.stringify({ fn: name, args }),
    });
  }

  private async obtainCsrf(): Promise<string | null> {
    const session = (await bodyOf(await this.request(`${this.baseUrl}/session/`, {}))) as { csrfToken: string | null };
    return session.csrfToken;
  }

  /** A token for who is logged in; null when nobody is. */
  private async obtainToken(): Promise<string | null> {
    const response = await this.post(OBTAIN, {}, {});
    if (response.status === 401) return null;
    const answer = (await bodyOf(response)) as unknown as { result: { token: string } };
    return answer.result.token;
  }

  private async request(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.send(url, { credentials: "same-origin", ...init });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new MizanError({ code: "NETWORK", message: "The server could not be reached." });
    }
  }

  /** Try a read again while the server says "not now", or nothing. */
  private async patiently(signal: AbortSignal, request: () => Promise<Response>): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= this.retries;
      try {
        const response = await request();
        if (isLast || !PASSING.has(response.status)) return response;
      } catch (error) {
        if (isLast || signal.aborted || !(error instanceof MizanError && error.code === "NETWORK")) throw error;
      }
      await pause(this.retryDelay * 2 ** attempt * (0.5 + Math.random()), signal);
    }
  }
}

/** `?name=value` as the server reads it: a list is a repeated key, an object JSON; null and undefined are left out. */
export function queryOf(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const item of isList(value) ? value : [value]) {
      if (item !== null && item !== undefined)
        query.append(name, typeof item === "string" ? item : JSON.stringify(item));
    }
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** The JSON of an answer. */
async function bodyOf(response: Response): Promise<{ readonly [name: string]: Json }> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new MizanError({ code: "NETWORK", message: "The answer was cut off, or is none.", status: 0 });
  }
  if (typeof body !== "object" || body === null) {
    throw new MizanError({ code: "NETWORK", message: "The answer is none of a Mizan server." });
  }
  if (response.ok) return body as { readonly [name: string]: Json };
  throw errorOf(response.status, body);
}

function errorOf(status: number, body: object): MizanError {
  const { error, invalidate } = body as { error?: unknown; invalidate?: readonly Invalidation[] };
  const { code, message, details } = (error ?? {}) as { code?: string; message?: string; details?: Details };
  if (typeof code !== "string") {
    return new MizanError({ code: "NETWORK", message: `Something on the way answered with status ${status}.`, status });
  }
  return new MizanError({
    code,
    message: message ?? code,
    status,
    ...(details === undefined ? {} : { details }),
    ...(invalidate === undefined ? {} : { invalidate }),
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
