/** How what a server has rendered reaches the client on the page (`server.ts` writes it). */

import type { Mizan } from "./mizan.js";
import type { Dehydrated } from "./wire.js";

/** The name under which a page's scripts leave states, before there is a client and after. */
export const STATES = "__MIZAN__";

/** Give *mizan* the states that have come with the page, and those that will come while it is streamed. */
export function takeHydration(mizan: Mizan): void {
  const page = globalThis as { [STATES]?: Pick<Dehydrated[], "push"> };
  const states = page[STATES];
  if (Array.isArray(states)) for (const state of states as Dehydrated[]) mizan.hydrate(state);
  page[STATES] = {
    push: (...later) => {
      for (const state of later) mizan.hydrate(state);
      return 0;
    },
  };
}
