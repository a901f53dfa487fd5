/** What a browser says of the page that a client lives in. */

export interface PageEvents {
  /** The network has come, or gone. */
  online(isOnline: boolean): void;
  /** The page is looked at again after *hidden* milliseconds; Infinity when it stood still meanwhile and has heard nothing. */
  shown(hidden: number): void;
}

/** Tell of the page until what this gives is called. Where there is no page nothing is told. */
export function watchPage({ online, shown }: PageEvents): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => undefined;
  const watching = new AbortController();
  const { signal } = watching;
  let hiddenAt = 0;
  window.addEventListener("online", () => online(true), { signal });
  window.addEventListener("offline", () => online(false), { signal });
  // A page from the back/forward cache stood still: neither timers nor the other tabs' messages have reached it.
  window.addEventListener("pageshow", (event) => event.persisted && shown(Infinity), { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "hidden") hiddenAt = Date.now();
      else shown(Date.now() - hiddenAt);
    },
    { signal },
  );
  return () => watching.abort();
}

/** Whether the browser knows that there is no network. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}
