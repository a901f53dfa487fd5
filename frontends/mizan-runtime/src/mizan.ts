/** A client of one server: the kernel, its requests, and the other windows of the same client. */

import { readHeader } from "./header.js";
import { HttpTransport, type HttpOptions } from "./http.js";
import { Kernel, type CallOptions, type ContextInfo, type Dehydrated, type FunctionInfo, type News } from "./kernel.js";
import type { Entry } from "./entry.js";
import type { Json, Params } from "./wire.js";

export interface MizanOptions extends HttpOptions {
  /** Whether other windows of the same site learn what has changed here. */
  readonly tabs?: boolean;
}

const EVERYTHING = "*";

export class Mizan {
  private readonly kernel: Kernel;
  private readonly http: HttpTransport;
  private readonly channel: BroadcastChannel | null;
  private readonly send: typeof globalThis.fetch;

  constructor(options: MizanOptions) {
    this.http = new HttpTransport(options);
    this.send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.kernel = new Kernel(this.http, { tell: (news) => this.channel?.postMessage(news) });
    const isTold = (options.tabs ?? true) && typeof BroadcastChannel !== "undefined";
    this.channel = isTold ? new BroadcastChannel(`mizan ${options.baseUrl}`) : null;
    if (this.channel !== null) this.channel.onmessage = ({ data }) => this.hear(data as News);
  }

  /** The entry of a context; the same object for equal parameters. */
  entry(context: ContextInfo, params: Params = {}): Entry {
    return this.kernel.entry(context, params);
  }

  /** Call a function; see `Kernel.call`. */
  call(info: FunctionInfo, args: Params, options?: CallOptions): Promise<Json> {
    return this.kernel.call(info, args, options);
  }

  /** Make contexts stale, here and in the other windows. */
  invalidate(news: News): void {
    this.kernel.invalidate(news);
    this.channel?.postMessage(news);
  }

  /** After a login or a logout: forget everything, here and in the other windows. */
  reset(): void {
    this.forget();
    this.channel?.postMessage([EVERYTHING]);
  }

  /** Take what a server has rendered, for contexts that the generated code names. */
  hydrate(contexts: { readonly [name: string]: ContextInfo }, state: Dehydrated): void {
    for (const { context, params, bundle } of state) {
      this.kernel.hydrate(contexts[context] ?? { name: context, functions: Object.keys(bundle) }, params, bundle);
    }
  }

  dehydrate(): Dehydrated {
    return this.kernel.dehydrate();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.kernel.idle();
  }

  /** Try again what could not be read. */
  retry(): void {
    this.kernel.retry();
  }

  /** `fetch` for any URL of the same server: what its answer says has become stale becomes so here. */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const response = await this.send(input, init);
    const header = response.headers.get("X-Mizan-Invalidate");
    if (header !== null) this.invalidate(readHeader(header));
    return response;
  }

  /** End the connection to the other windows. */
  close(): void {
    this.channel?.close();
  }

  private hear(news: News): void {
    if (news.includes(EVERYTHING)) this.forget();
    else this.kernel.invalidate(news);
  }

  private forget(): void {
    this.http.reset();
    this.kernel.reset();
  }
}
