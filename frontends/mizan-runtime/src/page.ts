/** What a browser says of the page that a client lives in. */

import type { Mizan } from "./mizan.js";

/** Tell *mizan* of its page until what this gives is called; out of sight for *staleAfter* milliseconds what is shown is old. */
export function watchPage(mizan: Mizan, staleAfter: number): () => void {
  const watching = new AbortController();
  let hiddenAt = Date.now();
  const hear = (target: EventTarget, name: string, listener: (event: Event) => void): void =>
    target.addEventListener(name, listener, { signal: watching.signal });
  hear(window, "online", () => mizan.turn(true));
  hear(window, "offline", () => mizan.turn(false));
  // A page from the back/forward cache stood still: neither timers nor the other tabs' messages have reached it.
  hear(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && mizan.doubt());
  hear(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") hiddenAt = Date.now();
    else if (Date.now() - hiddenAt >= staleAfter) mizan.doubt();
    else mizan.retry();
  });
  return () => watching.abort();
}
