/** What a browser says of the page that a client lives in. */

import { MizanError } from "./errors.js";
import { EVERYTHING } from "./kernel.js";
import type { Mizan } from "./mizan.js";

/** Tell *mizan* of its page until *leaving*; out of sight for *staleAfter* milliseconds what is shown is old. */
export function enterPage(mizan: Mizan, leaving: AbortSignal, staleAfter = 60_000): void {
  if (leaving.aborted) return;
  /** Calls that wait for the network, or for a reset, which ends them. */
  const waiting: (() => void)[] = [];
  const go = (): void => {
    for (const call of waiting.splice(0)) call();
  };
  const hear = (target: EventTarget, name: string, listener: (event: Event) => void): void =>
    target.addEventListener(name, listener, { signal: leaving });
  /** Anything may have changed: what somebody looks at is read again. */
  const doubt = (): void => {
    mizan.emit({ kind: "doubt" });
    mizan.change([EVERYTHING], mizan.tick());
    mizan.conclude();
  };
  let hiddenAt = Date.now();
  for (const isOnline of [true, false]) {
    hear(window, isOnline ? "online" : "offline", () => {
      mizan.emit({ kind: "online", isOnline });
      if (!isOnline) return;
      go();
      mizan.retry();
    });
  }
  // A page from the back/forward cache stood still: neither timers nor the other tabs' messages have reached it.
  hear(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && doubt());
  hear(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") hiddenAt = Date.now();
    else if (Date.now() - hiddenAt >= staleAfter) doubt();
    else mizan.retry();
  });
  const stop = mizan.on(({ kind }) => kind === "reset" && go());
  leaving.addEventListener("abort", () => {
    stop();
    // Nobody hears of the network any more: what waits finds out by itself.
    go();
  });
  // Without a network only what may be done twice waits for it.
  mizan.ready = (info, { signal }) => {
    if (mizan.isOnline || leaving.aborted) return undefined;
    if (!info.idempotent) throw new MizanError({ code: "OFFLINE", message: "There is no network." });
    return new Promise((sent) => {
      waiting.push(sent);
      signal?.addEventListener("abort", () => sent());
    });
  };
}
