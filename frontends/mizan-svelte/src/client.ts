/** Which server the components below ask. */

import { configureMizan, getMizan, Mizan, takeHydration, type Dehydrated, type MizanOptions } from "mizan-runtime";
import { getContext, hasContext, setContext } from "svelte";

const CLIENT = Symbol("mizan");

export interface SetMizanOptions extends MizanOptions {
  /** A client made elsewhere; then no option is looked at. */
  readonly client?: Mizan;
  /** What a server has rendered; without, what the page's own scripts say. */
  readonly hydration?: Dehydrated;
}

/** Gives this component and those below a client of the server at `baseUrl` (by default `/api/mizan`). */
export function setMizan({ client, hydration, ...options }: SetMizanOptions = {}): Mizan {
  const made = client ?? (typeof window === "undefined" ? new Mizan(options) : configureMizan(options));
  if (hydration !== undefined) made.hydrate(hydration);
  else if (client === undefined) takeHydration(made);
  return setContext(CLIENT, made);
}

/** The client that this component asks: that of a component around it, else in a browser that of the page. */
export function useMizan(): Mizan {
  if (hasContext(CLIENT)) return getContext<Mizan>(CLIENT);
  // A server has no page: there a client of all requests would show one viewer's data to another.
  if (typeof window === "undefined") throw new Error("Call setMizan(…) in a component around this one.");
  return getMizan();
}
