/** What a browser says of the page that a client lives in. */

import type { ServerFunction } from "./descriptors.js";
import { MizanError } from "./errors.js";
import type { Mizan } from "./mizan.js";

export class Page {
  /** Calls that wait for the network, or for a reset, which ends them. */
  readonly #waiting: (() => void)[] = [];
  readonly #leaving = new AbortController();

  /** Tell *mizan* of its page; out of sight for *staleAfter* milliseconds what is shown is old. */
  constructor(mizan: Mizan, staleAfter = 60_000) {
    let hiddenAt = Date.now();
    const { signal } = this.#leaving;
    const hear = (target: EventTarget, name: string, listener: (event: Event) => void): void =>
      target.addEventListener(name, listener, { signal });
    for (const isOnline of [true, false]) {
      hear(window, isOnline ? "online" : "offline", () => {
        mizan.emit({ kind: "online", isOnline });
        if (!isOnline) return;
        this.#go();
        mizan.retry();
      });
    }
    // A page from the back/forward cache stood still: neither timers nor the other tabs' messages have reached it.
    hear(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && mizan.doubt());
    hear(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") hiddenAt = Date.now();
      else if (Date.now() - hiddenAt >= staleAfter) mizan.doubt();
      else mizan.retry();
    });
    signal.addEventListener(
      "abort",
      mizan.on(({ kind }) => kind === "reset" && this.#go()),
    );
  }

  /** Without a network only what may be done twice waits for it. @throws MizanError `OFFLINE` */
  ready(info: ServerFunction): Promise<void> | undefined {
    if (globalThis.navigator?.onLine !== false) return undefined;
    if (info.idempotent !== true) throw new MizanError({ code: "OFFLINE", message: "There is no network." });
    return new Promise((go) => this.#waiting.push(go));
  }

  leave(): void {
    this.#leaving.abort();
  }

  #go(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}
