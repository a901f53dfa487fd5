/** Requests that may change something, and what says who asks: calls, any URL of the server, CSRF and tokens (docs/protocol.md section 9). */

import type { Sending, ServerFunction } from "./descriptors.js";
import { MizanError } from "./errors.js";
import { bodyOf, jsonOf, type HttpTransport } from "./http.js";
import { Shared } from "./shared.js";
import type { Answer, Params, Shown } from "./wire.js";

const TOKEN = "X-Mizan-Token";
const CSRF = "X-CSRFToken";
/** By which live connection whoever has changed something is not told of it. */
const SOCKET = "X-Mizan-Socket";
const OBTAIN = "mwt_obtain";
const JSON_BODY = { "Content-Type": "application/json" };
/** What no page of another site can send along. */
const FILES = { headers: { "X-Mizan-Call": "1" } };

/** What a session was exchanged for. */
export interface Token {
  readonly text: string;
  /** Seconds that it was good for when it came. */
  readonly expiresIn: number;
}

type Headed = (headers: Record<string, string>) => Promise<Response>;

/** What one viewer wanted is not done as another. */
export function outdated(): MizanError {
  return new MizanError({ code: "OFFLINE", message: "Somebody else is asking." });
}

/** It knows who asks until that changes: then there is another one. */
export class Sender {
  /** That of who is logged in; null when nobody is. */
  readonly token = new Shared(() => this.#obtainToken());
  readonly #csrf = new Shared(() => this.#obtainCsrf());
  readonly #http: HttpTransport;
  readonly #epoch: number | undefined;

  constructor(http: HttpTransport) {
    this.#http = http;
    this.#epoch = http.host.epoch;
  }

  async call(
    { name, uploads }: ServerFunction,
    args: Params,
    shown: readonly Shown[] = [],
    options: Sending = {},
  ): Promise<Answer> {
    const { hasToken, json } = this.#http;
    // What says who asks is wanted in any case, and its answer may be the first that tells what the server takes.
    await (hasToken ? this.token : this.#csrf).get();
    const files = uploads?.(args, options, json);
    const body = { fn: name, args, ...(this.#http.takesShown && shown.length > 0 ? { shown } : {}) };
    const init = files ? FILES : { body: json.stringify(body), headers: JSON_BODY };
    const content = { ...init, ...files, signal: options.signal ?? null };
    const path = files ? `call/${encodeURIComponent(name)}/` : "call/";
    const response = await this.authenticated((headers) => this.#post(content, headers, path, files?.send));
    return (await bodyOf(response, json)) as unknown as Answer;
  }

  /** A request to any URL; to the same server with what it wants to know of who asks. *lost*: where it may have changed something. */
  fetchUrl(input: string | URL | Request, init: RequestInit = {}, lost?: (error: unknown) => never): Promise<Response> {
    const asked = input instanceof Request ? input : { url: String(input), method: "GET", headers: {} };
    const send: Headed = (more) => {
      const headers = new Headers(init.headers ?? asked.headers);
      for (const [name, value] of Object.entries(more)) headers.set(name, value);
      return this.#http.listened(() =>
        this.#http.send(input instanceof Request ? input.clone() : input, { ...init, headers }),
      );
    };
    // What another server says of who asks is nothing to this one.
    if (!this.#isOwn(asked.url)) return this.#http.send(input, init);
    const isRead = (init.method ?? asked.method).toUpperCase() === "GET";
    return this.authenticated(isRead ? send : (headers) => this.#guarded(headers, send).catch(lost));
  }

  /** Make a request, once more with a new token when the server has refused the one at hand. */
  async authenticated(request: Headed): Promise<Response> {
    if (!this.#http.hasToken) return request({});
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
      this.#http.request(path, { method: "POST", ...init, headers: { ...guard, ...init.headers } }, send),
    );
  }

  /** Make a request with the CSRF token, once more with a new one when the server has refused the one at hand. */
  async #guarded(own: Record<string, string>, send: Headed): Promise<Response> {
    const request: Headed = (headers) => {
      if (this.#epoch !== this.#http.host.epoch) throw outdated();
      return send(headers);
    };
    const socket = this.#http.host.live?.id;
    const headers = socket ? { ...own, [SOCKET]: socket } : own;
    if (TOKEN in headers) return request(headers);
    for (let attempt = 0; ; attempt++) {
      const known = this.#csrf.get();
      const token = await known;
      const response = await request(token === null ? headers : { ...headers, [CSRF]: token });
      if (response.status !== 403) return response;
      const body = (await jsonOf(response.clone(), this.#http.json)) as { error?: { code?: string } } | null;
      const isCsrf = body?.error?.code === "CSRF_FAILED";
      // Servers that have no such code say FORBIDDEN, which a function may say, too: the next call begins anew.
      if (isCsrf || !this.#http.takesShown) this.#csrf.drop(known);
      if (!isCsrf || attempt > 0) return response;
    }
  }

  async #obtainCsrf(): Promise<string | null> {
    const session = await bodyOf(await this.#http.request("session/", {}), this.#http.json);
    return (session as { readonly csrfToken: string | null }).csrfToken;
  }

  /** A token for who is logged in; null when nobody is. */
  async #obtainToken(): Promise<Token | null> {
    const response = await this.#post({ body: JSON.stringify({ fn: OBTAIN, args: {} }), headers: JSON_BODY }, {});
    if (response.status === 401) return null;
    const { result } = (await bodyOf(response, this.#http.json)) as unknown as {
      readonly result: { readonly token: string; readonly expires_in: number };
    };
    return { text: result.token, expiresIn: result.expires_in };
  }

  #isOwn(url: string): boolean {
    const here = globalThis.location?.href;
    try {
      return new URL(url, here).origin === new URL(this.#http.baseUrl, here).origin;
    } catch {
      // A path, without a page that it is relative to.
      return false;
    }
  }
}
