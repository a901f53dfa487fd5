/** A client of one server: the kernel, its requests, the page, and the other windows of the same client. */

import type { ServerFunction } from "./descriptors.js";
import { HttpTransport, type HttpOptions } from "./http.js";
import { EVERYTHING, Kernel, type Happening } from "./kernel.js";
import type { Page } from "./page.js";
import type { Answer, Dehydrated, News, Params, Reply } from "./wire.js";

/** A connection over which the server says what is stale, and over which reads and calls may go. */
export interface Live {
  /** What the server knows this connection by; null while there is none. What it has asked for itself it is not told. */
  readonly id: string | null;
  /** Null where it should go another way. */
  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply> | null;
  call(info: ServerFunction, args: Params): Promise<Answer> | null;
  close(): void;
}

export interface MizanOptions extends Partial<HttpOptions> {
  /** Whether other windows of the same site learn what has changed here; where nothing is said, in browsers. */
  readonly tabs?: boolean;
  /** The hash of the interface that the functions were generated from; another one of the server is an event. */
  readonly interface?: string;
  /** After how many milliseconds out of sight what is shown is read again; 60,000 where nothing is said. */
  readonly staleAfter?: number;
  /** What others change is shown at once: `socket` of "mizan-runtime/socket". */
  readonly live?: (mizan: Mizan) => Live;
}

export type MizanEvent =
  | Happening
  /** Who asks has changed: everything was forgotten. */
  | { readonly kind: "viewer" }
  /** The server has another interface than this client was generated from. */
  | { readonly kind: "interface"; readonly server: string }
  | { readonly kind: "online"; readonly isOnline: boolean }
  /** Another window has told something. */
  | { readonly kind: "tab"; readonly news: News }
  /** The live connection has opened or closed, or something goes over it. */
  | { readonly kind: "live"; readonly isOpen: boolean }
  | { readonly kind: "frame"; readonly isOut: boolean; readonly frame: object };

export class Mizan extends Kernel {
  readonly http: HttpTransport;
  /** Where the server says what is stale; null where nobody has connected it. */
  live: Live | null = null;
  readonly #options: MizanOptions;
  readonly #listeners = new Set<(event: MizanEvent) => void>();
  readonly #channel: BroadcastChannel | null;
  #page: Page | null = null;
  #isClosed = false;
  /** Who asks, as the server calls them; undefined until it has said so, null after a reset. */
  #viewer: string | null | undefined;
  #toldInterface: string | null = null;

  constructor(options: MizanOptions = {}) {
    // A server has no windows: what one request has changed is no news for the others.
    const { baseUrl = "/api/mizan", tabs = typeof window !== "undefined" } = options;
    super(
      {
        fetch: (context, params, signal) =>
          this.live?.fetch(context, params, signal) ?? this.http.fetch(context, params, signal),
        call: (info, args, shown, options) => this.live?.call(info, args) ?? this.http.call(info, args, shown, options),
      },
      {
        ready: (info) => this.#page?.ready(info),
        tell: (news) => this.#channel?.postMessage(news),
        watch: (happening) => this.emit(happening),
      },
    );
    this.#options = options;
    this.http = new HttpTransport(
      { ...options, baseUrl },
      (headers) => this.#hearHeaders(headers),
      () => (this.live?.id ? { "X-Mizan-Socket": this.live.id } : {}),
      () => this.calling(),
    );
    this.#channel = tabs ? windows(`mizan ${baseUrl}`) : null;
    if (this.#channel !== null) this.#channel.onmessage = ({ data }) => this.#hearTab(data as News);
    if (typeof document !== "undefined") void this.#enter();
    this.live = options.live?.(this) ?? null;
  }

  /** Make contexts stale, here and in the other windows. */
  override invalidate(news: News): void {
    this.#take(news);
    this.#channel?.postMessage(news);
  }

  /** Take what a server has rendered, unless it was for another viewer: after a reset nobody knows, until an answer tells. */
  override hydrate(state: Dehydrated): void {
    const viewer = state.find((entry) => entry.viewer)?.viewer ?? this.#viewer;
    if (this.#viewer === undefined) this.#viewer = viewer;
    if (viewer === this.#viewer && viewer !== null) super.hydrate(state);
  }

  /** Who asks, as the server calls them; null or undefined where that is not known. */
  get viewer(): string | null | undefined {
    return this.#viewer;
  }

  /** Whether there is a network, as far as the browser knows. */
  get isOnline(): boolean {
    return globalThis.navigator?.onLine !== false;
  }

  /** Hear of everything that happens, until what this gives is called. */
  on(listener: (event: MizanEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * `fetch` for any URL: what the answer says has become stale becomes so here. Requests to the same server have the token,
   * and the CSRF token when they may change something; when the answer to one of these is lost everything is read again.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    return (await this.calling()).fetchUrl(this, input, init);
  }

  /** Tell those who have asked `on` of *event*. */
  emit(event: MizanEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Let go of the page, the other windows and the live connection. */
  close(): void {
    this.#isClosed = true;
    this.live?.close();
    this.#page?.leave();
    this.#channel?.close();
  }

  /** Hear of the page as soon as there is what hears of it: nothing that is shown first waits for that. */
  async #enter(): Promise<void> {
    try {
      const { Page } = await this.calling();
      if (!this.#isClosed) this.#page = new Page(this, this.#options.staleAfter);
    } catch {
      const again = (): void => {
        this.retry();
        void this.#enter();
      };
      window.addEventListener("online", again, { once: true });
    }
  }

  #hearHeaders(headers: Headers): void {
    const viewer = headers.get("X-Mizan-Viewer");
    if (this.#viewer && viewer && viewer !== this.#viewer) {
      this.reset();
      this.emit({ kind: "viewer" });
    }
    this.#viewer = viewer ?? this.#viewer;
    const server = headers.get("X-Mizan-Interface");
    const { interface: own = server } = this.#options;
    if (server === null || server === own || server === this.#toldInterface) return;
    this.#toldInterface = server;
    this.emit({ kind: "interface", server });
  }

  #hearTab(news: News): void {
    this.emit({ kind: "tab", news });
    this.#take(news);
  }

  #take(news: News): void {
    if (news.includes(EVERYTHING)) {
      this.#viewer = null;
      this.http.reset();
    }
    super.invalidate(news);
  }
}

/** The other windows; null where there are none, or the page may not speak to them (a frame of another site's). */
function windows(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
