/** A client of one server: the kernel, its requests, the page, and the other windows of the same client. */

import { HttpTransport, type HttpOptions } from "./http.js";
import { Kernel, type Happening, type Shortcut } from "./kernel.js";
import type { Dehydrated, News } from "./wire.js";

/** A connection over which the server says what is stale, and over which reads and calls may go. */
export interface Live extends Shortcut {
  /** What the server knows this connection by; null while there is none. What it has asked for itself it is not told. */
  readonly id: string | null;
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
  declare readonly http: HttpTransport;
  declare readonly transport: HttpTransport;
  /** Where the server says what is stale; null where nobody has connected it. */
  declare live: Live | null;
  /** Who asks, as the server calls them; undefined until it has said so, null after a reset. */
  declare viewer: string | null | undefined;
  readonly #options: MizanOptions;
  readonly #listeners = new Set<(event: MizanEvent) => void>();
  readonly #closing = new AbortController();
  /** The other windows. */
  #channel: BroadcastChannel | undefined;
  #toldInterface: string | undefined;

  constructor(options: MizanOptions = {}) {
    // A server has no windows: what one request has changed is no news for the others.
    const { baseUrl = "/api/mizan", tabs = typeof window !== "undefined" } = options;
    super();
    this.#options = options;
    this.transport = this.http = new HttpTransport({ ...options, baseUrl }, this);
    if (tabs) this.#meet(`mizan ${baseUrl}`);
    if (typeof document !== "undefined") this.#enter();
    this.live = options.live?.(this) ?? null;
  }

  /** Make contexts stale, here and in the other windows. */
  override invalidate(news: News): void {
    super.invalidate(news);
    this.tell(news);
  }

  /** Take what a server has rendered, unless it was for another viewer: after a reset nobody knows, until an answer tells. */
  override hydrate(state: Dehydrated): void {
    const viewer = state.find((entry) => entry.viewer)?.viewer ?? this.viewer;
    if (this.viewer === undefined) this.viewer = viewer;
    if (viewer === this.viewer && viewer !== null) super.hydrate(state);
  }

  override clear(): void {
    this.viewer = null;
    this.http.reset();
    super.clear();
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
  override emit(event: MizanEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Tell the other windows of *news*. */
  override tell(news: News): void {
    this.#channel?.postMessage(news);
  }

  /** Hear what the headers of an answer say of who asks, and of the server. */
  hear(headers: Headers): void {
    const viewer = headers.get("X-Mizan-Viewer");
    if (viewer) {
      if (this.viewer && viewer !== this.viewer) {
        this.reset();
        this.emit({ kind: "viewer" });
      }
      this.viewer = viewer;
    }
    const server = headers.get("X-Mizan-Interface");
    const { interface: own } = this.#options;
    if (!server || !own || server === own || server === this.#toldInterface) return;
    this.#toldInterface = server;
    this.emit({ kind: "interface", server });
  }

  /** Let go of the page, the other windows and the live connection. */
  close(): void {
    this.#closing.abort();
    this.live?.close();
    this.#channel?.close();
    // What is told from now on is told here alone.
    this.#channel = undefined;
  }

  /** Hear of the page as soon as there is what hears of it: nothing that is shown first waits for that. */
  #enter(): void {
    const again = (): void => {
      this.retry();
      this.#enter();
    };
    this.calling().then(
      ({ enterPage }) => enterPage(this, this.#closing.signal, this.#options.staleAfter),
      () => window.addEventListener("online", again, { once: true, signal: this.#closing.signal }),
    );
  }

  /** Meet the other windows, where there are any and the page may speak to them (a frame of another site's may not). */
  #meet(name: string): void {
    try {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data: news }: { readonly data: News }) => {
        this.emit({ kind: "tab", news });
        super.invalidate(news);
      };
    } catch {
      // It works alone.
    }
  }
}
