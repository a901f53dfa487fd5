/** How what a server has rendered reaches the client on the page (`server.ts` writes it). */

import type { Mizan } from "./mizan.js";
import type { Dehydrated } from "./wire.js";

/** The name under which a page's scripts leave states, before there is a client and after. */
export const STATES = "__MIZAN__";

/** Give *mizan* the states that have come with the page, and those that will come while it is streamed. */
export function takeHydration(mizan: Mizan): void {
  const page = globalThis as { [STATES]?: unknown };
  const push = (state: Dehydrated): void => mizan.hydrate(state);
  const states = page[STATES];
  if (Array.isArray(states)) states.forEach(push);
  page[STATES] = { push };
}
