/** Signals without a socket, for where something on the way refuses sockets: a stream of server-sent events. */

import type { Entry } from "../entry.js";
import type { Mizan } from "../mizan.js";
import type { Received } from "./frames.js";

/** Milliseconds in which what is shown may settle before it is told. */
const SETTLE = 200;
/** What a server takes. */
const MOST_WATCHES = 100;
/** The statuses of a server that has no such stream. */
const NONE = new Set([404, 405, 501]);
/** Milliseconds before a stream that has ended is opened again. */
const AGAIN = 3000;

export class SignalStream {
  /** Whether the server has none. */
  isGone = false;
  readonly #mizan: Mizan;
  #stop: (() => void) | null = null;
  #current = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = "";

  constructor(mizan: Mizan) {
    this.#mizan = mizan;
  }

  open(): void {
    if (this.#stop !== null || this.isGone) return;
    this.#stop = this.#mizan.on(({ kind }) => {
      // Whoever asks now may see something else of the same.
      if (kind === "reset") this.#told = "";
      if (kind === "mount" || kind === "reset") this.#soon(SETTLE);
    });
    this.#soon(0);
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
    clearTimeout(this.#timer);
    this.#current.abort();
    this.#told = "";
  }

  #soon(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#follow(), wait);
  }

  /** Tell the server what is shown, and hear what it says of that until it ends. */
  async #follow(): Promise<void> {
    const entries = this.#mizan
      .entries()
      .filter((entry) => entry.isMounted)
      .slice(0, MOST_WATCHES);
    const watch = entries.map(({ context, params }, id) => ({ id, context, params }));
    const body = this.#mizan.http.json.stringify({ watch });
    if (body === this.#told) return;
    this.#current.abort();
    this.#told = body;
    if (watch.length === 0) return;
    const { signal } = (this.#current = new AbortController());
    try {
      const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
      const response = await this.#mizan.fetch(`${this.#mizan.http.baseUrl}/live/`, {
        method: "POST",
        headers,
        body,
        signal,
      });
      this.isGone = NONE.has(response.status);
      if (this.isGone) return this.close();
      if (response.ok && response.body !== null) await this.#listen(response.body, entries);
    } catch {
      // It is opened again, as after any other end.
    }
    if (signal.aborted) return;
    this.#told = "";
    this.#soon(AGAIN);
  }

  async #listen(body: ReadableStream<Uint8Array>, entries: readonly Entry[]): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (text + decoder.decode(value, { stream: true })).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) this.#hear(event, entries);
    }
  }

  #hear(event: string, entries: readonly Entry[]): void {
    const data = event.split("\n").filter((line) => line.startsWith("data:"));
    if (data.length === 0) return;
    const frame = JSON.parse(data.map((line) => line.slice(5)).join("\n")) as Received;
    this.#mizan.emit({ kind: "frame", isOut: false, frame });
    // What may have changed before the server began to watch comes as the first of these.
    if ("action" in frame && frame.action === "stale") for (const id of frame.ids) entries[id]?.refetch();
  }
}
